import Operations

/// The shapes of CloudTrail requests that more than one operation uses, as the service model has them.
extension Shape {
    static let text = Shape.string()
    static let cloudTrailTags = Shape.list(
        .structure([
            .required("Key", .string(length: 1...128)), .optional("Value", .string(length: 1...256)),
        ]),
        length: 0...200
    )
    static let eventSelectors = Shape.list(
        .structure([
            .optional("ReadWriteType", .enumeration(["ReadOnly", "WriteOnly", "All"])),
            .optional("IncludeManagementEvents", .boolean),
            .optional(
                "DataResources",
                .list(.structure([.optional("Type", .text), .optional("Values", .list(.text))]))
            ),
            .optional("ExcludeManagementEventSources", .list(.text)),
        ])
    )
    static let advancedEventSelectors = Shape.list(
        .structure([
            .optional("Name", .string(length: 0...1000, pattern: .anything)),
            .required(
                "FieldSelectors",
                .list(
                    .structure(
                        [.required("Field", .string(length: 1...1000, pattern: .selectorField))]
                            + [
                                "Equals", "StartsWith", "EndsWith", "NotEquals", "NotStartsWith",
                                "NotEndsWith",
                            ].map { Member.optional($0, .selectorValues) }
                    ),
                    length: 1...Int.max
                )
            ),
        ])
    )
    private static let selectorValues = Shape.list(
        .string(length: 1...2048, pattern: .something),
        length: 1...Int.max
    )
    static let insightSelectors = Shape.list(
        .structure([
            .optional("InsightType", .enumeration(["ApiCallRateInsight", "ApiErrorRateInsight"])),
            .optional("EventCategories", .list(.enumeration(["Management", "Data"]))),
        ])
    )
    static let lakeARN = Shape.string(length: 3...256, pattern: .lakeARN)

    /// What CreateTrail and UpdateTrail say of a trail.
    static let trailMembers: [Member] = [
        .optional("S3KeyPrefix", .text), .optional("SnsTopicName", .text),
        .optional("IncludeGlobalServiceEvents", .boolean), .optional("IsMultiRegionTrail", .boolean),
        .optional("EnableLogFileValidation", .boolean), .optional("CloudWatchLogsLogGroupArn", .text),
        .optional("CloudWatchLogsRoleArn", .text), .optional("KmsKeyId", .text),
        .optional("IsOrganizationTrail", .boolean),
    ]
}

extension Pattern {
    fileprivate static let anything = Pattern(".*") { !$0.contains { $0.isNewline } }
    fileprivate static let something = Pattern(".+") { !$0.isEmpty && !$0.contains { $0.isNewline } }
    fileprivate static let selectorField = Pattern.characters("[\\w|\\d|\\.|_]+") {
        $0.isASCIIAlphanumeric || "|._".unicodeScalars.contains($0)
    }
    fileprivate static let lakeARN = Pattern.characters("^[a-zA-Z0-9._/\\-:]+$") {
        $0.isASCIIAlphanumeric || "._/-:".unicodeScalars.contains($0)
    }
}
