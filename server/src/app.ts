import { Jobs } from './platform/jobs/index.ts';
import type { HttpServer } from './platform/http/index.ts';
import type { SftpSupervisor } from './features/statistics-export/index.ts';
import { jobsOf } from './assembly/jobs.ts';
import type { AppParts } from './assembly/parts.ts';
import { serveRoutes } from './assembly/routes.ts';
import { makeRealtime, makeServer } from './assembly/server.ts';
import { makeServices } from './assembly/services.ts';

export type { AppParts };

/** Requests under way when a node stops have this long to be answered. */
const requestGraceMs = 3_000;

/** One node of the platform. */
export interface App {
  readonly http: HttpServer;
  /** Null where no SFTP is served. */
  readonly sftp: SftpSupervisor | null;
  /** Begins what works in the background, and listens. */
  start(at: { host: string; port: number }): Promise<void>;
  /** Sends clients elsewhere within the time, finishes what is under way, and ends. */
  stop(withinMs: number): Promise<void>;
}

/** Puts the platform together. Nothing listens, and nothing runs, before `start`. */
export async function buildApp(parts: AppParts): Promise<App> {
  const services = makeServices(parts);
  const jobs = new Jobs(parts.access.login, jobsOf(services), parts.log);
  const http = makeServer(services);
  const realtime = makeRealtime(services);
  let draining = false;
  await serveRoutes(http, services, { realtime, isDraining: () => draining });
  const { activity, fanout, keeper, mailSender, messenger, notifications, router, rules } = services;
  const { sealer, sftp, streamer, verifier, watch } = services;

  return {
    http,
    sftp,
    start: async (at) => {
      await notifications.open();
      fanout.attach(notifications);
      await jobs.start();
      sealer.start();
      keeper.start();
      streamer.start();
      mailSender.start();
      watch.start();
      await http.fastify.ready();
      realtime.start(http.fastify.server);
      await http.fastify.listen(at);
      sftp?.start();
    },
    stop: async (withinMs) => {
      draining = true;
      const sftpEnded = sftp?.stop();
      await realtime.stop(withinMs);
      await http.close(requestGraceMs);
      await sftpEnded;
      await watch.stop();
      await router.settle();
      await rules.stop();
      await verifier.stop();
      await activity.flush();
      await jobs.stop();
      await sealer.stop();
      await keeper.stop();
      await streamer.stop();
      await mailSender.stop();
      await messenger.settle();
      await notifications.close();
    },
  };
}
