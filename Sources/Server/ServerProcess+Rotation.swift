import Logging
import SecretsManager
import Trail

extension ServerProcess {
    /// The work that rotates secrets; its steps are told in the log, where they fail.
    var rotating: RotationLoop {
        let (logger, background) = (logger, background)
        let observer = RotationObserver(
            stepFailed: { secret, step, failure in
                logger.warning(
                    "a step of a rotation failed",
                    metadata: [
                        "secret": "\(secret)", "step": "\(step.rawValue)", "reason": "\(failure.reason)",
                    ]
                )
            },
            ended: { secret, event in
                logger.notice("a rotation ended", metadata: ["secret": "\(secret)", "event": "\(event)"])
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
            factory: RotatorKinds(),
            recorder: recorder,
            // The trail's lock lets one process at a time have it.
            node: trail.trail.description,
            observer: observer,
            now: now
        )
        return RotationLoop(engine: engine, contact: contact, logger: logger)
    }
}
