import AWSProtocol
package import Operations

/// Makes a trail that delivers events to a bucket; refused, since there are no buckets.
///
/// What a request says is checked first, so that its faults are told. Source: AWS CloudTrail API Reference,
/// CreateTrail.
package enum CreateTrail: DurableOperation {
    package typealias Service = CloudTrailService

    package struct Request: Sendable {
        let trail: TrailLocator
        let bucket: String
    }

    package static let name = "CreateTrail"
    package static let action = "cloudtrail:CreateTrail"
    package static let isReadOnly = false
    package static let errors =
        TrailSettings.errors + ["InvalidTagParameterException", "TagsLimitExceededException"]

    package static func references(in request: Request) -> [TrailLocator] { [] }

    package static func requirements(
        of request: Request,
        on resources: [DeliveryTrail],
        for call: Call
    ) -> [Requirement] {
        [
            Requirement(
                action,
                on: ProtectedResource(
                    arn: request.trail.arn,
                    account: request.trail.account,
                    type: TrailLocator.resourceType
                ),
                conditions: NoConditions()
            )
        ]
    }

    package static func run(
        _ call: Authorized<Self>,
        in service: CloudTrailService
    ) async throws(CloudTrailError) -> NoOutput {
        throw .bucketNotFound(call.request.bucket)
    }
}

// MARK: Wire

extension CreateTrail {
    package static let input: [Member] =
        [.required("Name", .text), .required("S3BucketName", .text)] + Shape.trailMembers
        + [.optional("TagsList", .cloudTrailTags)]

    package static func request(from input: Input, for call: Call) throws(CloudTrailError) -> Request {
        let name = input.requiredString("Name")
        guard !name.hasPrefix("arn:") else { throw .invalidTrailName("Trail name cannot be an ARN.") }
        let trail = try TrailLocator(name, for: call)
        try TrailSettings.check(input)
        _ = try input.trailTags("TagsList")
        return Request(trail: trail, bucket: input.requiredString("S3BucketName"))
    }
}
