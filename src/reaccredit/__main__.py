import sys

from reaccredit.project.command import main

sys.exit(main())
