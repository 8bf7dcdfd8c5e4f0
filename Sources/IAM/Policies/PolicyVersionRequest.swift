import Operations

/// The request of an operation on one version of a managed policy.
package struct PolicyVersionRequest: NamingRequest {
    package let subject: IAMReference
    let version: String

    init(_ input: Input, for call: Call) throws(IAMError) {
        subject = try ManagedPolicy.reference(in: input, for: call)
        version = input.requiredString("VersionId")
    }
}

extension ManagedPolicy {
    /// A version by its id.
    ///
    /// - Throws: `.noSuchPart` in AWS's words when there is none.
    func requiredVersion(_ id: String) throws(IAMError) -> Version {
        guard let version = version(id) else {
            throw .noSuchPart("Policy \(arn) version \(id) does not exist or is not attachable.")
        }
        return version
    }
}
