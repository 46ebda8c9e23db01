/** The steps of a plan: what becomes durable before what is said. RECV-1 … RECV-6. */

/** After a persist step the plan waits for its durability. */
export type PlanStep =
  | 'persistHistory'
  | 'persistAcceptedEpoch'
  | 'persistCurrentEpoch'
  | 'persistEntry'
  | 'acknowledge'
