import Doors

extension FastLane {
    /// What the lanes of a door have in common.
    struct Settings: Sendable {
        let gateway: AWSGateway
        let limits: DoorLimits
        let isSecure: Bool
        let meter: DoorMeter
        let turns: LoopTurns

        init(gateway: AWSGateway, limits: DoorLimits, isSecure: Bool, meter: DoorMeter) {
            self.gateway = gateway
            self.limits = limits
            self.isSecure = isSecure
            self.meter = meter
            turns = LoopTurns(recorder: gateway.recorder)
        }
    }
}
