from django.urls import path

from reaccredit.reinstatements.views import evidence, plan, review

app_name = "reinstatements"

urlpatterns = [
    path("", plan.index, name="index"),
    path("<str:number>/", plan.plan, name="plan"),
    path("<str:number>/begin/", plan.begin, name="begin"),
    path("<str:number>/lines/<int:pk>/", plan.line, name="line"),
    path("<str:number>/papers/", plan.papers, name="papers"),
    path("<str:number>/papers/<int:pk>/remove/", plan.remove, name="remove"),
    path("<str:number>/check/", plan.check, name="check"),
    path("<str:number>/review/", review.review, name="review"),
    path("<str:number>/versions/<int:pk>/", plan.version, name="version"),
    path("<str:number>/versions/<int:version_pk>/papers/<int:pk>/", plan.paper, name="paper"),
    path("<str:number>/evidence/", evidence.evidence, name="evidence"),
    path("<str:number>/evidence/lines/<int:pk>/", evidence.completion, name="completion"),
    path("<str:number>/evidence/papers/", evidence.evidence_papers, name="evidence-papers"),
    path("<str:number>/evidence/papers/<int:pk>/", evidence.evidence_paper, name="evidence-paper"),
    path("<str:number>/evidence/papers/<int:pk>/remove/", evidence.evidence_remove, name="evidence-remove"),
]
