package import Operations

/// The operations of CloudTrail: those that this deployment has, then those that it refuses.
package enum CloudTrailOperations {
    package static let table = OperationTable<CloudTrailService>(
        [
            Durable(AddTags.self),
            Durable(CreateTrail.self),
            Durable(DeleteTrail.self),
            Durable(DescribeTrails.self),
            Durable(GetEventSelectors.self),
            Durable(GetInsightSelectors.self),
            Durable(GetTrail.self),
            Durable(GetTrailStatus.self),
            Durable(ListPublicKeys.self),
            Durable(ListTags.self),
            Durable(ListTrails.self),
            Durable(LookupEvents.self),
            Durable(PutEventSelectors.self),
            Durable(PutInsightSelectors.self),
            Durable(RemoveTags.self),
            Durable(StartLogging.self),
            Durable(StopLogging.self),
            Durable(UpdateTrail.self),
        ] + refused
    )

    /// What AWS has and this deployment does not, and why.
    package static let refusals: [(reason: String, names: [String])] = [
        (
            "There is no CloudTrail Lake; LookupEvents searches the whole audit trail.",
            [
                "CancelQuery", "CreateChannel", "CreateEventDataStore", "DeleteChannel",
                "DeleteEventDataStore",
                "DescribeQuery", "DisableFederation", "EnableFederation", "GenerateQuery", "GetChannel",
                "GetEventConfiguration", "GetEventDataStore", "GetImport", "GetQueryResults", "ListChannels",
                "ListEventDataStores", "ListImportFailures", "ListImports", "ListQueries",
                "PutEventConfiguration", "RestoreEventDataStore", "SearchSampleQueries",
                "StartEventDataStoreIngestion", "StartImport", "StartQuery", "StopEventDataStoreIngestion",
                "StopImport", "UpdateChannel", "UpdateEventDataStore",
            ]
        ),
        (
            "There are no CloudTrail dashboards.",
            [
                "CreateDashboard", "DeleteDashboard", "GetDashboard", "ListDashboards",
                "StartDashboardRefresh",
                "UpdateDashboard",
            ]
        ),
        (
            "There are no CloudTrail Insights.",
            ["ListInsightsData", "ListInsightsMetricData"]
        ),
        (
            "Trails and the event history have no resource policies.",
            ["DeleteResourcePolicy", "GetResourcePolicy", "PutResourcePolicy"]
        ),
        (
            "There is no AWS Organizations.",
            ["DeregisterOrganizationDelegatedAdmin", "RegisterOrganizationDelegatedAdmin"]
        ),
    ]

    private static var refused: [any OperationEntry<CloudTrailService>] {
        refusals.flatMap { reason, names in names.map { NotOffered($0, because: reason) } }
    }
}
