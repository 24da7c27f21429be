"""Hand-over until the desk exists: a workbook per coach, the plan as JSON, a report to look at."""

from pipelines.handover.charts import how_good
from pipelines.handover.facts import HandoverFacts
from pipelines.handover.plan_json import plan_file, plan_schema, read_plan
from pipelines.handover.report import report
from pipelines.handover.workbook import workbooks

__all__ = [
    "HandoverFacts",
    "how_good",
    "plan_file",
    "plan_schema",
    "read_plan",
    "report",
    "workbooks",
]
