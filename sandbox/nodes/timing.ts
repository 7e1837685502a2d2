/** How soon a silent node is noticed: NotReady 9 to 11 seconds after its loss. */

/** `nodeLeaseDurationSeconds` of the kubelets: a renewal every 2 s. */
export const realLeaseSeconds = 8;

/** `--node-monitor-grace-period` of the controller manager for real nodes. */
export const realMonitorGraceSeconds = 10;
