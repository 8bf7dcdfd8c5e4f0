import struct Foundation.Date

/// The staging labels: each lies on one version at most.
///
/// Source: Secrets Manager User Guide, "What's in a Secrets Manager secret?", "Version".
extension Secret {
    func version(_ id: String) -> SecretVersion? { versions.first { $0.id == id } }

    func version(labelled stage: String) -> SecretVersion? { versions.first { $0.stages.contains(stage) } }

    /// The version that a request means.
    ///
    /// - Throws: `.valueNotFound` for a version or label that is not there, `.stageNotOfVersion` for a label that
    ///   lies on another version.
    func version(_ selector: VersionSelector) throws(SecretsManagerError) -> SecretVersion {
        switch selector {
        case .id(let id):
            guard let version = version(id) else { throw .valueNotFound(.id(id)) }
            return version
        case .stage(let stage):
            guard let version = version(labelled: stage) else { throw .valueNotFound(.stage(stage)) }
            return version
        case .both(let id, let stage):
            guard let version = version(id) else { throw .valueNotFound(.id(id)) }
            guard version.stages.contains(stage) else { throw .stageNotOfVersion }
            return version
        }
    }

    /// Adds a version, to which labels move from where they are.
    ///
    /// The first version of all is also the current one. A version that had no value takes its place and keeps its
    /// labels.
    /// - Throws: `.limitExceeded` when it would have too many labels.
    mutating func add(_ version: SecretVersion, labelled stages: [String]) throws(SecretsManagerError) {
        var stages = stages
        if versions.isEmpty, !stages.contains(Stage.current) { stages.append(Stage.current) }
        if let index = versions.firstIndex(where: { $0.id == version.id }) {
            let labels = versions[index].stages
            versions[index] = version
            versions[index].stages = labels
        } else {
            versions.append(version)
        }
        for stage in stages { try move(stage, to: version.id) }
    }

    /// Moves a label to a version.
    ///
    /// AWSPREVIOUS follows to where AWSCURRENT was.
    /// - Throws: `.limitExceeded` when the version would have too many labels.
    mutating func move(_ stage: String, to id: String) throws(SecretsManagerError) {
        let holder = version(labelled: stage)?.id
        guard holder != id else { return }
        remove(stage)
        guard let index = versions.firstIndex(where: { $0.id == id }) else { throw .valueNotFound(.id(id)) }
        versions[index].stages.append(stage)
        if stage == Stage.current, let holder {
            try move(Stage.previous, to: holder)
        }
        guard versions[index].stages.count <= Stage.perVersionMax else {
            throw .limitExceeded(
                "You can't attach more than \(Stage.perVersionMax) staging labels to a version."
            )
        }
    }

    /// Takes a label from whichever version has it.
    mutating func remove(_ stage: String) {
        for index in versions.indices { versions[index].stages.removeAll { $0 == stage } }
    }

    // MARK: Collection

    /// Versions above which deprecated ones are let go (Secrets Manager User Guide, "Quotas").
    static let versionsKept = 100
    /// Versions that a secret may have although none of them may be let go yet.
    static let versionsMax = 900
    private static let youngSeconds = 86_400.0
    /// Versions that one change lets go; the next takes more.
    private static let collectedMax = 100

    /// Lets go of the oldest deprecated versions above the number that is kept, but of none of the last day.
    ///
    /// - Throws: `.limitExceeded` when too many are left all the same.
    mutating func collectVersions(at now: Date) throws(SecretsManagerError) {
        var surplus = min(versions.count - Self.versionsKept, Self.collectedMax)
        if surplus > 0 {
            versions.removeAll { version in
                guard surplus > 0, version.isDeprecated,
                    now.timeIntervalSince(version.createdAt) >= Self.youngSeconds
                else { return false }
                surplus -= 1
                return true
            }
        }
        guard versions.count <= Self.versionsMax else {
            throw .limitExceeded("The secret has too many versions of the last 24 hours.")
        }
    }
}
