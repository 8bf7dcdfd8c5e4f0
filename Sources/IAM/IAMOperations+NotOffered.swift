extension IAMOperations {
    /// The operations of the service model that this deployment does not offer, with the reason that callers get.
    static let notOffered: [(reason: String, names: [String])] = [
        (
            "No service makes roles for itself here.",
            [
                "CreateServiceLinkedRole", "DeleteServiceLinkedRole", "GetServiceLinkedRoleDeletionStatus",
            ]
        ),
        (
            "Federation by SAML is not offered; OpenID Connect is.",
            [
                "CreateSAMLProvider", "DeleteSAMLProvider", "GetSAMLProvider", "ListSAMLProviderTags",
                "ListSAMLProviders", "TagSAMLProvider", "UntagSAMLProvider", "UpdateSAMLProvider",
            ]
        ),
        (
            "Multi-factor devices are not offered.",
            [
                "CreateVirtualMFADevice", "DeactivateMFADevice", "DeleteVirtualMFADevice",
                "EnableMFADevice", "GetMFADevice", "ListMFADeviceTags", "ListMFADevices",
                "ListVirtualMFADevices", "ResyncMFADevice", "TagMFADevice", "UntagMFADevice",
            ]
        ),
        (
            "Certificates are not kept in IAM here.",
            [
                "DeleteServerCertificate", "DeleteSigningCertificate", "GetServerCertificate",
                "ListServerCertificateTags", "ListServerCertificates", "ListSigningCertificates",
                "TagServerCertificate", "UntagServerCertificate", "UpdateServerCertificate",
                "UpdateSigningCertificate", "UploadServerCertificate", "UploadSigningCertificate",
            ]
        ),
        (
            "SSH keys serve services that are not here.",
            [
                "DeleteSSHPublicKey", "GetSSHPublicKey", "ListSSHPublicKeys", "UpdateSSHPublicKey",
                "UploadSSHPublicKey",
            ]
        ),
        (
            "Such credentials serve services that are not here.",
            [
                "CreateServiceSpecificCredential", "DeleteServiceSpecificCredential",
                "ListServiceSpecificCredentials", "ResetServiceSpecificCredential",
                "UpdateServiceSpecificCredential",
            ]
        ),
        (
            "Requests for delegation are not offered.",
            [
                "AcceptDelegationRequest", "AssociateDelegationRequest", "CreateDelegationRequest",
                "GetDelegationRequest", "ListDelegationRequests", "RejectDelegationRequest",
                "SendDelegationToken", "UpdateDelegationRequest",
            ]
        ),
        (
            "There are no organizations here.",
            [
                "DisableOrganizationsRootCredentialsManagement", "DisableOrganizationsRootSessions",
                "EnableOrganizationsRootCredentialsManagement", "EnableOrganizationsRootSessions",
                "GenerateOrganizationsAccessReport", "GetOrganizationsAccessReport",
                "ListOrganizationsFeatures",
            ]
        ),
        (
            "Last accessed services are not tracked; CloudTrail tells who did what.",
            [
                "GenerateServiceLastAccessedDetails", "GetServiceLastAccessedDetails",
                "GetServiceLastAccessedDetailsWithEntities", "ListPoliciesGrantingServiceAccess",
            ]
        ),
        (
            "This deployment issues no web identity tokens.",
            [
                "DisableOutboundWebIdentityFederation", "EnableOutboundWebIdentityFederation",
                "GetOutboundWebIdentityFederationInfo",
            ]
        ),
        (
            "It concerns the console of AWS or its global endpoint.",
            [
                "GetHumanReadableSummary", "SetSecurityTokenServicePreferences",
            ]
        ),
    ]
}
