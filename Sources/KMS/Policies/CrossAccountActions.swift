extension KMSOperations {
    /// Whether AWS lets principals of other accounts use an action on a key.
    ///
    /// The operations say so themselves where they name their permissions; this is for questions about requests
    /// that nobody makes. Source: KMS Developer Guide, "AWS KMS permissions", column "Cross-account use".
    package static func crossesAccounts(_ action: String) -> Bool {
        crossingActions.contains(action.lowercased())
    }

    private static let crossingActions: Set<String> = [
        "kms:creategrant", "kms:decrypt", "kms:derivesharedsecret", "kms:describekey", "kms:encrypt",
        "kms:generatedatakey", "kms:generatedatakeypair", "kms:generatedatakeypairwithoutplaintext",
        "kms:generatedatakeywithoutplaintext", "kms:generatemac", "kms:getkeyrotationstatus",
        "kms:getpublickey", "kms:listgrants", "kms:reencryptfrom", "kms:reencryptto", "kms:retiregrant",
        "kms:revokegrant", "kms:sign", "kms:verify", "kms:verifymac",
    ]
}
