import Testing

@testable import AWSProtocol

@Suite("ServiceTarget")
struct ServiceTargetTests {
    private func recognize(
        target: String? = nil,
        form: String? = nil,
        query: String = "",
        scope: String? = nil
    ) throws -> ServiceTarget {
        try ServiceTarget.recognize(
            headers: HeaderList(target.map { [("X-Amz-Target", $0)] } ?? []),
            form: try form.map { try Form(parsing: $0) },
            rawQuery: query,
            scopeService: scope
        )
    }

    @Test(arguments: [
        ("TrentService.Encrypt", AWSService.kms, "Encrypt"),
        ("secretsmanager.GetSecretValue", .secretsManager, "GetSecretValue"),
        ("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", .cloudTrail, "LookupEvents"),
        ("AWSEvents.PutRule", .eventBridge, "PutRule"),
    ])
    func `is named by X-Amz-Target first`(_ target: String, _ service: AWSService, _ operation: String) throws
    {
        let found = try recognize(target: target, form: "Action=ListUsers&Version=2010-05-08", scope: "s3")
        #expect(found == ServiceTarget(service: service, operation: operation))
    }

    @Test(arguments: [
        "", ".", "TrentService", "TrentService.", ".Encrypt", "trentservice.Encrypt", "TrentService.Enc rypt",
        "TrentService.Encrypt.Encrypt", "DynamoDB_20120810.GetItem", "TrentService.Encrypté",
        "TrentServiceXEncrypt",
    ])
    func `is refused when X-Amz-Target names nothing of ours`(_ target: String) {
        #expect(throws: ServiceTargetError.unknownTarget) { try recognize(target: target, scope: "kms") }
        #expect(ServiceTargetError.unknownTarget.wire.code == "UnknownOperationException")
    }

    @Test(
        arguments: [
            ("Action=ListUsers&Version=2010-05-08", nil, AWSService.iam),
            ("Action=AssumeRole&Version=2011-06-15", "s3", .sts),
            ("Action=Publish&Version=2010-03-31", nil, .sns), ("Action=ListUsers", "iam", .iam),
        ] as [(String, String?, AWSService)]
    )
    func `is named by Action and Version then`(_ form: String, _ scope: String?, _ service: AWSService) throws
    {
        #expect(try recognize(form: form, scope: scope).service == service)
        guard scope != "s3" else { return }
        #expect(try recognize(query: form, scope: scope).service == service)
        #expect(try recognize(query: "X-Amz-Date=1&\(form)", scope: scope).operation != nil)
    }

    @Test(
        arguments: [
            ("Action=ListUsers&Version=1999-01-01", nil), ("Action=ListUsers", nil),
            ("Action=ListUsers", "kms"),
            ("Action=List+Users&Version=2010-05-08", nil), ("Action=&Version=2010-05-08", nil),
        ] as [(String, String?)]
    )
    func `is refused when Action and Version name nothing of ours`(_ form: String, _ scope: String?) {
        #expect(throws: ServiceTargetError.self) { try recognize(form: form, scope: scope) }
    }

    @Test func `says what was asked for in the words of AWS`() {
        #expect(
            ServiceTargetError.unknownAction("Foo", version: nil).wire.message
                == "Could not find operation Foo for version NO_VERSION_SPECIFIED"
        )
    }

    @Test func `is the scope's service else, and S3 last`() throws {
        #expect(try recognize(scope: "kms") == ServiceTarget(service: .kms, operation: nil))
        #expect(try recognize(scope: "dynamodb").service == .s3)
        #expect(try recognize(query: "list-type=2&Action", scope: nil).service == .s3)
        #expect(try recognize(query: "Action=x&Version=2010-05-08", scope: "s3").service == .s3)
        #expect(try recognize(query: "Action=%zz", scope: nil).service == .s3)
    }

    @Test func `agrees with the models on names`() {
        for service in AWSService.allCases {
            #expect(AWSService(signingName: service.signingName) == service)
            #expect((service.targetPrefix != nil) == (service.wireProtocol == .json))
            #expect((service.queryVersion != nil) == (service.wireProtocol == .query))
        }
    }
}
