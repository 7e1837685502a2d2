/**
 * How soon a silent node is noticed.
 *
 * KWOK renews a node's lease four times per lease duration, as a kubelet does; the node lifecycle controller declares a
 * node NotReady when it saw no renewal for the grace period, and looks every monitor period. With the figures below a
 * lost zone is NotReady after 10 to 13 seconds, and five renewals in a row must fail before a healthy node is.
 */

/**
 * `--node-lease-duration-seconds` of KWOK: a renewal every 2 s. It must be given: without it KWOK 0.8.0 renews no lease
 * at all, and every node goes NotReady after the grace period, comes back at once, and goes again, for ever.
 */
export const leaseSeconds = 8;

/** `--node-monitor-grace-period` of the controller manager. */
export const monitorGraceSeconds = 12;

/** `--node-monitor-period` of the controller manager. */
export const monitorPeriodSeconds = 1;
