import Operations

extension OutputWriter {
    /// The members of a page of grants; tokens are never among them.
    mutating func grants(_ page: Page<ListedGrant>) {
        objects("Grants", page.elements) { output, listed in
            let grant = listed.grant
            output.string("KeyId", listed.key.description)
            output.string("GrantId", grant.id.description)
            output.string("Name", grant.name ?? "")
            output.timestamp("CreationDate", grant.createdAt)
            output.string("GranteePrincipal", grant.grantee)
            output.string("RetiringPrincipal", grant.retiringPrincipal)
            output.string("IssuingAccount", "arn:aws:iam::\(grant.issuingAccount):root")
            output.strings("Operations", grant.operations.map(\.rawValue))
            if let constraints = grant.constraints {
                output.object("Constraints") { output in
                    if let subset = constraints.subset {
                        output.map("EncryptionContextSubset", subset.sorted { $0.key < $1.key })
                    }
                    if let equals = constraints.equals {
                        output.map("EncryptionContextEquals", equals.sorted { $0.key < $1.key })
                    }
                }
            }
        }
        pageEnd(page.nextMarker)
    }
}

/// A grant with the ARN of its key, as lists show it.
package struct ListedGrant: Sendable {
    let grant: KeyGrant
    let key: KeyARN
}
