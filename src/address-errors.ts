/** The errors of addresses that cannot be used. */
import { DriftwardenError } from "./errors.ts";

export type AddressCode =
  | "DW_ADDRESS_SCHEME"
  | "DW_ADDRESS_KEY_VALUE"
  | "DW_ADDRESS_UNESCAPED"
  | "DW_ADDRESS_SEVERAL_HOSTS"
  | "DW_ADDRESS_PORT"
  | "DW_ADDRESS_CERTIFICATE_FILE"
  | "DW_ADDRESS_PARAMETER"
  | "DW_ADDRESS_SSLMODE"
  | "DW_ADDRESS_PAGE"
  | "DW_ADDRESS_INVALID";

/** Says what is wrong with an address, and how to write it. */
export class AddressError extends DriftwardenError<AddressCode> {}
