declare module "fabric-shim/lib/contract-spi/chaincodefromcontract" {
  import type { JSONSerializer, Contract } from "fabric-contract-api";
  import type { ChaincodeInterface, ChaincodeResponse, ChaincodeStub } from "fabric-shim";

  interface Serializers {
    readonly transaction: string;
    readonly serializers: Readonly<Record<string, typeof JSONSerializer>>;
  }

  export default class ChaincodeFromContract implements ChaincodeInterface {
    constructor(
      contracts: (new () => Contract)[],
      serializers: Serializers,
      metadata: object,
      title: string,
      version: string,
    );
    Init(stub: ChaincodeStub): Promise<ChaincodeResponse>;
    Invoke(stub: ChaincodeStub): Promise<ChaincodeResponse>;
  }
}
