import AWSProtocol

extension VaultKeyStore {
    private static let pageCount = 1000
    /// Vault gives all names in one answer: of 80 bytes each, this is a million keys.
    private static let listingBytesMax = 100 << 20

    /// Lists a page where the server has pages, as OpenBao does; Vault overlooks the wish and gives all.
    package func list(
        prefix: String,
        continuing token: String?
    ) async throws(KeyStoreError) -> KeyStorePage {
        let path = path(settings.version == .v1 ? nil : "metadata", "") + "/"
        // What continues a listing is the name it got to.
        let after = token.map { "&after=\(PercentEncoding.encode($0))" } ?? ""
        let answer = try await client.call(
            "GET",
            path + "?list=true&limit=\(Self.pageCount)\(after)",
            bytesMax: Self.listingBytesMax
        )
        if answer.isAbsence { return KeyStorePage(names: []) }
        guard answer.status == 200, let entries = answer.data?["keys"]?.elements else {
            throw client.unavailable("LIST", path, answer)
        }
        let found = entries.compactMap(\.text)
        let isWhole =
            found.count != Self.pageCount || found.contains { name in token.map { name <= $0 } ?? false }
        // Names that end in a slash are folders, and others that are no keys are somebody else's.
        let names = found.filter { name in
            name.hasPrefix(prefix) && KESName.isValid(name) && token.map { name > $0 } ?? true
        }
        return KeyStorePage(
            names: names.map { KeyName(checked: $0) },
            next: isWhole ? nil : found.max()
        )
    }
}
