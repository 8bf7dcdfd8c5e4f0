import AWSProtocol
package import Operations

/// An operation on a trail that is there already, which is all but CreateTrail.
///
/// The frame answers with the absence of the trail, to those who might have used it; see ``DeliveryTrail``.
package protocol TrailOperation: DurableOperation
where Service == CloudTrailService, Request == TrailLocator, Response == NoOutput {
    /// The member that names the trail.
    static var trailMember: String { get }

    /// Checks what else a request says.
    static func check(_ input: Input) throws(CloudTrailError)
}

extension TrailOperation {
    package static var trailMember: String { "Name" }
    package static var action: String { "cloudtrail:\(name)" }

    /// The errors that all operations on trails have.
    package static var trailErrors: [String] {
        ["TrailNotFoundException", "InvalidTrailNameException", "CloudTrailARNInvalidException"]
    }

    package static var errors: [String] { trailErrors }
    package static func check(_ input: Input) throws(CloudTrailError) {}

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> TrailLocator {
        guard let trail = input.string(trailMember) else {
            throw .invalidParameter("\(trailMember) must be given.")
        }
        let locator = try TrailLocator(trail, for: call)
        try check(input)
        return locator
    }

    package static func references(in request: TrailLocator) -> [TrailLocator] { [request] }

    package static func requirements(
        of request: TrailLocator,
        on resources: [DeliveryTrail],
        for call: Call
    ) -> [Requirement] {
        switch resources[0] {}
    }

    package static func run(
        _ call: Authorized<Self>,
        in service: CloudTrailService
    ) async throws(CloudTrailError) -> NoOutput {
        switch call.resource {}
    }
}

extension Requirement {
    /// The permission for an action of CloudTrail on no resource of its own.
    static func cloudTrail(_ action: String, in account: AccountID) -> Requirement {
        Requirement(action, on: .any(in: account), conditions: NoConditions())
    }
}
