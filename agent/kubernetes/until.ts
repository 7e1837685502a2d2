import { ApiError, type ApiServer } from "./api-server";

/** The same API server, for calls that must neither be made nor go on once the signal has ended. */
export function until(api: ApiServer, signal: AbortSignal): ApiServer {
  return {
    clockSkew: () => api.clockSkew(),
    async call<Answer>(...[method, path, body, other]: Parameters<ApiServer["call"]>): Promise<Answer> {
      if (signal.aborted) throw new ApiError(0, `${method} ${path}: not sent, as the time for it is over`);
      return api.call<Answer>(method, path, body, other === undefined ? signal : AbortSignal.any([signal, other]));
    },
  };
}
