import Operations

/// Reading alias names out of requests, with AWS's refusals.
extension AliasName {
    /// The alias a request is to make, change or delete.
    ///
    /// - Throws: `.validation` without the prefix or with a colon, `.invalidAliasName` for other faults and
    ///   for the names of AWS managed keys.
    init(requested text: String) throws(KMSError) {
        guard text.hasPrefix(AliasName.prefix) else {
            throw .validation(
                #"Alias must start with the prefix "alias/". Please see "#
                    + "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
            )
        }
        guard !text.contains(":") else {
            throw .validation("\(text) contains invalid characters for an alias")
        }
        guard let name = AliasName(text) else {
            throw .invalidAliasName("\(text) is not a valid alias name")
        }
        guard !name.isReserved else {
            throw .invalidAliasName("Aliases that begin with alias/aws/ are reserved for AWS managed keys")
        }
        self = name
    }
}

extension KeyReference {
    /// The key an alias is to point to: an id or ARN, never another alias.
    init(target text: String, for call: Call) throws(KMSError) {
        guard !text.hasPrefix(AliasName.prefix), !text.contains(":alias/") else {
            throw .validation("Aliases must refer to keys. Not aliases")
        }
        try self.init(text, accepting: .keyOnly, for: call)
    }
}

extension Key {
    /// Refuses the keys of AWS managed aliases, which have one alias for life.
    func requireCustomerManaged() throws(KMSError) {
        guard manager == .customer else {
            throw .denied("Aliases of AWS managed keys cannot be changed.")
        }
    }
}
