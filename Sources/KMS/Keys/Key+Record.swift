import AWSProtocol
import Cryptography
package import Storage

extension Key: DirectRecord {
    package func write(to record: inout RecordMembers) throws {
        record.object("locator") { record in
            record.text("region", locator.region.description)
            record.ascii("id", byteCount: KeyUniqueID.textByteCount) { locator.id.write(to: $0) }
        }
        record.text("account", account.description)
        try record.date("createdAt", createdAt)
        record.text("spec", spec.rawValue)
        record.text("usage", usage.rawValue)
        record.text("origin", origin.rawValue)
        record.text("manager", manager.rawValue)
        record.text("description", description)
        try record.object("state") { record in try state.write(to: &record) }
        record.object("policy") { record in
            record.text("text", policy.text)
            record.texts("principalIDs", policy.principalIDs)
        }
        record.objects("tags", count: tags.count) { index, record in
            record.text("key", tags[index].key)
            record.text("value", tags[index].value)
        }
        record.texts("aliases", aliases.map(\.description))
        try record.objects("materials", count: materials.count) { index, record in
            try materials[index].write(to: &record)
        }
        record.bytes("publicKey", publicKey)
        try record.value("rotation", rotation)
        record.integer("onDemandRotations", onDemandRotations)
        try record.value("multiRegion", multiRegion)
    }
}

extension KeyMaterial: DirectRecord {
    package func write(to record: inout RecordMembers) throws {
        record.ascii("id", byteCount: KeyMaterialID.textByteCount) { id.write(to: $0) }
        record.bytes("wrapped", wrapped)
        record.text("state", state.rawValue)
        try record.date("createdAt", createdAt)
        try record.value("rotation", rotation)
        try record.value("imported", imported)
    }
}

extension KeyState: DirectRecord {
    package func write(to record: inout RecordMembers) throws {
        switch self {
        case .enabled: record.object("enabled") { _ in }
        case .disabled: record.object("disabled") { _ in }
        case .pendingImport: record.object("pendingImport") { _ in }
        case .pendingDeletion(let date):
            try record.object("pendingDeletion") { record in try record.date("at", date) }
        case .pendingReplicaDeletion(let days):
            record.object("pendingReplicaDeletion") { record in record.integer("windowDays", days) }
        }
    }
}
