import type { KubeObject } from "../../constructs/manifests";
import { recoveryGroup } from "./kind";

/**
 * Nobody orders in another's name: an order that is new must bear the name by which the API server knows whoever writes
 * it, and one that stands stays as it is or goes. Without it, whoever may change a `Failover` could approve as anybody
 * (Kubernetes, "Validating Admission Policy").
 *
 * @param name Of the policy and its binding, which belong to no namespace.
 * @param namespace Where the failovers are that it is about.
 */
export function orderPolicy(
  name: string,
  namespace: string,
  labels: Readonly<Record<string, string>>,
): readonly [KubeObject, KubeObject] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const metadata = { name, labels };
  return [
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": namespace } },
          resourceRules: [
            {
              apiGroups: [recoveryGroup],
              apiVersions: ["*"],
              operations: ["CREATE", "UPDATE"],
              resources: ["failovers"],
            },
          ],
        },
        variables: [
          {
            name: "before",
            expression: "oldObject != null && has(oldObject.spec.orders) ? oldObject.spec.orders : []",
          },
          { name: "now", expression: "has(object.spec.orders) ? object.spec.orders : []" },
        ],
        validations: [
          {
            expression:
              "variables.now.all(one, one.by == request.userInfo.username || variables.before.exists(other, other == one))",
            messageExpression:
              "'an order must be given in your own name, ' + request.userInfo.username + ', and one that stands cannot be changed'",
            reason: "Forbidden",
          },
        ],
      },
    },
    {
      apiVersion,
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: { policyName: name, validationActions: ["Deny"] },
    },
  ];
}
