/** The API's types by the names the views use; generated from the API's own description. */
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export type Ref = Schemas["Ref"];
export type Me = Schemas["MeView"];
export type Status = Schemas["StatusView"];
export type Incident = Schemas["IncidentSummary"];
export type IncidentDetail = Schemas["IncidentDetail"];
export type NextStep = Schemas["NextStepView"];
export type Page = Schemas["PageView"];
export type Responder = Schemas["ResponderView"];
export type HelpTarget = Schemas["HelpTargetBody"];
export type Asked = Schemas["AskedView"];
export type Delivery = Schemas["DeliveryView"];
export type Attempt = Schemas["AttemptView"];
export type RecordEntry = Schemas["RecordEntry"];
export type Alert = Schemas["AlertView"];
export type MonitorGraph = Schemas["GraphView"];
export type Changed = Schemas["ChangedView"];
export type Bulk = Schemas["BulkView"];
export type BulkAction = Schemas["BulkActionWord"];
export type Merging = Schemas["MergingView"];
export type Change = Schemas["Page_ChangeView"]["items"][number];
export type NoteMark = Schemas["NoteMark"];
export type SavedFilter = Schemas["FilterView"];
export type SavedQuery = Schemas["FilterQuery"];
export type Policy = Schemas["PolicyView"];
export type Schedule = Schemas["ScheduleView"];
export type OnCall = Schemas["OnCallView"];
export type Shift = Schemas["ShiftView"];
export type Why = Schemas["WhyView"];
export type User = Schemas["UserView"];
export type OutboxItem = Schemas["OutboxItem"];
export type ProblemBody = Schemas["Problem"];
