"""Pages of the corrective action plan and its evidence: for the people of the facility whose case it is, and for staff."""
