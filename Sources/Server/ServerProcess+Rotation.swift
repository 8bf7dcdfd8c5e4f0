import Logging
import Scheduling
import SecretsManager
import Trail

extension ServerProcess {
    /// The work that rotates secrets; its steps are told in the log, where they fail.
    func rotating(behind door: AwaitedDoor) -> RotationLoop {
        let (logger, background, meter) = (logger, background, rotationMeter)
        let observer = RotationObserver(
            stepFailed: { secret, step, failure in
                meter.stepFailed()
                logger.warning(
                    "a step of a rotation failed",
                    metadata: [
                        "secret": "\(secret)", "step": "\(step.rawValue)", "reason": "\(failure.reason)",
                    ]
                )
            },
            ended: { secret, end in
                meter.ended(end)
                logger.notice(
                    "a rotation ended",
                    metadata: ["secret": "\(secret)", "result": "\(end.rawValue)"]
                )
            },
            workFailed: { secret, error in
                background.taskFailed()
                logger.error(
                    "a rotation cannot go on",
                    metadata: ["secret": "\(secret)", "error": "\(error)"]
                )
            }
        )
        let engine = RotationEngine(
            secrets,
            factory: RotatorKinds(logger: logger),
            recorder: recorder,
            // The trail's lock lets one process at a time have it.
            node: trail.trail.description,
            observer: observer,
            now: now
        )
        let (scheduler, now) = (secretScheduler, now)
        return RotationLoop(
            engine: engine,
            door: door,
            contact: contact,
            meter: meter,
            publish: { () async throws(SecretsManagerError) in
                _ = try await scheduler.runDueTasks(at: now())
            },
            logger: logger
        )
    }
}
