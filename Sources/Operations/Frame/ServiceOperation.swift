package import AWSProtocol
package import Authorization

/// A service whose operations the frame can run: it knows how to find what requests refer to.
package protocol OperationService: Sendable {
    /// How a request names a resource.
    associatedtype Reference: Sendable
    /// An immutable snapshot of a resource.
    associatedtype Resource: Sendable
    associatedtype Failure: OperationFailure

    /// The event source of the service, as in `kms.amazonaws.com`.
    static var eventSource: String { get }

    /// How answers and errors are written; JSON by default.
    static var dialect: Dialect { get }

    /// The snapshot of a resource when it is already in memory; nil means it must be loaded.
    func resident(_ reference: Reference, for call: Call) throws(Failure) -> Resource?

    /// The snapshot of a resource, read from the store when needed.
    func load(_ reference: Reference, for call: Call) async throws(Failure) -> Resource
}

extension OperationService {
    package static var dialect: Dialect { .json }
}

/// An error of a service's operations.
package protocol OperationFailure: Error {
    /// The one place where this error becomes an AWS code, text and status.
    var wire: WireError { get }

    /// The resource whose absence this error would tell, so that callers without permission do not learn it.
    var absentResource: ProtectedResource? { get }

    /// Whether what the request was authorized on has changed since, so that it must be looked up and
    /// authorized again.
    var isSuperseded: Bool { get }
}

/// All of one operation of a service: its wire form, the permissions it needs, and what it does.
package protocol ServiceOperation: Sendable {
    associatedtype Service: OperationService
    associatedtype Request: Sendable
    associatedtype Response: Sendable

    /// The wire name, as in `Encrypt`.
    static var name: String { get }
    /// The action policies name, as in `kms:Encrypt`.
    static var action: String { get }
    /// CloudTrail's `readOnly`.
    static var isReadOnly: Bool { get }
    /// Whether audit events show the answer, in CloudTrail's `responseElements`; by default those of changes do.
    static var recordsResponse: Bool { get }
    /// The members of the request, in the model's terms.
    static var input: [Member] { get }
    /// The codes of the errors the operation can answer with, besides those common to all operations.
    static var errors: [String] { get }

    /// Whether requests may come without a signature, because they prove themselves who asks; false by default.
    static var acceptsUnsigned: Bool { get }

    /// Makes checked types of the wire form.
    static func request(from input: Input, for call: Call) throws(Service.Failure) -> Request

    /// The resources to find before the request can be authorized, in the order `requirements` takes them.
    static func references(in request: Request) -> [Service.Reference]

    /// The permissions the request needs. There is no default: "none" must be written.
    static func requirements(
        of request: Request,
        on resources: [Service.Resource],
        for call: Call
    ) -> [Requirement]

    /// Writes the members of the answer.
    static func encode(_ response: Response, into output: inout OutputWriter)

    /// What a change that succeeded has made, which the audit event names beside what it was authorized on; nothing
    /// by default.
    static func madeResources(in response: Response) -> [ProtectedResource]

    /// What CloudTrail's `additionalEventData` says of a call that succeeded; nothing by default.
    static func auditDetail(of response: Response, into output: inout OutputWriter)
}

extension ServiceOperation {
    package static var acceptsUnsigned: Bool { false }

    package static var recordsResponse: Bool { !isReadOnly }

    package static func madeResources(in response: Response) -> [ProtectedResource] { [] }

    package static func auditDetail(of response: Response, into output: inout OutputWriter) {}

    /// Whether its audit events have `responseElements`.
    static var showsResponse: Bool { recordsResponse && Response.self != NoOutput.self }
}

/// An operation over snapshots alone: it reads no store and never waits.
package protocol ImmediateOperation: ServiceOperation {
    /// How much work a request is, which decides where it may run; brief by default.
    static func labour(of request: Request, on resources: [Service.Resource]) -> Labour

    static func run(_ call: Authorized<Self>, in service: Service) throws(Service.Failure) -> Response
}

extension ImmediateOperation {
    package static func labour(of request: Request, on resources: [Service.Resource]) -> Labour { .brief }
}

/// An operation that reads or changes the store.
package protocol DurableOperation: ServiceOperation {
    /// Who asks; the one who signed by default. A request that proves something else itself says whom.
    static func caller(
        of request: Request,
        for call: Call,
        in service: Service
    ) async throws(Service.Failure) -> Caller

    static func run(_ call: Authorized<Self>, in service: Service) async throws(Service.Failure) -> Response
}

extension DurableOperation {
    package static func caller(
        of request: Request,
        for call: Call,
        in service: Service
    ) async throws(Service.Failure) -> Caller { call.caller }
}

/// The answer of an operation whose model declares no output: an empty body.
package struct NoOutput: Sendable {
    package init() {}
}

extension ServiceOperation where Response == NoOutput {
    package static func encode(_ response: NoOutput, into output: inout OutputWriter) {}
}

/// The answer of an operation whose model declares an output without members, or none that it fills.
package struct EmptyOutput: Sendable {
    package init() {}
}
