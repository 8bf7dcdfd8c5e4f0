// The part of Cryptoki that a seal needs, written from the OASIS standard "PKCS #11 Cryptographic Token
// Interface Base Specification Version 2.40" (2015) and its "Current Mechanisms" (AES-GCM). Names are the
// standard's. The order of the functions in CK_FUNCTION_LIST is part of the interface (section 4.6); those
// that are not called here are declared only to keep their places.
#ifndef STRONGROOM_CPKCS11_H
#define STRONGROOM_CPKCS11_H

#include <dlfcn.h>
#include <stddef.h>

typedef unsigned char CK_BYTE;
typedef unsigned char CK_BBOOL;
typedef unsigned long CK_ULONG;
typedef CK_ULONG CK_RV;
typedef CK_ULONG CK_FLAGS;
typedef CK_ULONG CK_SLOT_ID;
typedef CK_ULONG CK_SESSION_HANDLE;
typedef CK_ULONG CK_OBJECT_HANDLE;
typedef CK_ULONG CK_USER_TYPE;
typedef CK_ULONG CK_ATTRIBUTE_TYPE;
typedef CK_ULONG CK_MECHANISM_TYPE;

typedef struct CK_VERSION {
    CK_BYTE major;
    CK_BYTE minor;
} CK_VERSION;

typedef struct CK_TOKEN_INFO {
    CK_BYTE label[32];
    CK_BYTE manufacturerID[32];
    CK_BYTE model[16];
    CK_BYTE serialNumber[16];
    CK_FLAGS flags;
    CK_ULONG ulMaxSessionCount;
    CK_ULONG ulSessionCount;
    CK_ULONG ulMaxRwSessionCount;
    CK_ULONG ulRwSessionCount;
    CK_ULONG ulMaxPinLen;
    CK_ULONG ulMinPinLen;
    CK_ULONG ulTotalPublicMemory;
    CK_ULONG ulFreePublicMemory;
    CK_ULONG ulTotalPrivateMemory;
    CK_ULONG ulFreePrivateMemory;
    CK_VERSION hardwareVersion;
    CK_VERSION firmwareVersion;
    CK_BYTE utcTime[16];
} CK_TOKEN_INFO;

typedef struct CK_ATTRIBUTE {
    CK_ATTRIBUTE_TYPE type;
    void *pValue;
    CK_ULONG ulValueLen;
} CK_ATTRIBUTE;

typedef struct CK_MECHANISM {
    CK_MECHANISM_TYPE mechanism;
    void *pParameter;
    CK_ULONG ulParameterLen;
} CK_MECHANISM;

// With ulIvBits, as in the header files that OASIS published beside the text and as all modules have it.
typedef struct CK_GCM_PARAMS {
    CK_BYTE *pIv;
    CK_ULONG ulIvLen;
    CK_ULONG ulIvBits;
    CK_BYTE *pAAD;
    CK_ULONG ulAADLen;
    CK_ULONG ulTagBits;
} CK_GCM_PARAMS;

typedef struct CK_C_INITIALIZE_ARGS {
    void *CreateMutex;
    void *DestroyMutex;
    void *LockMutex;
    void *UnlockMutex;
    CK_FLAGS flags;
    void *pReserved;
} CK_C_INITIALIZE_ARGS;

typedef struct CK_FUNCTION_LIST {
    CK_VERSION version;
    CK_RV (*C_Initialize)(void *arguments);
    CK_RV (*C_Finalize)(void *reserved);
    void (*C_GetInfo)(void), (*C_GetFunctionList)(void);
    CK_RV (*C_GetSlotList)(CK_BBOOL token_present, CK_SLOT_ID *slots, CK_ULONG *count);
    void (*C_GetSlotInfo)(void);
    CK_RV (*C_GetTokenInfo)(CK_SLOT_ID slot, CK_TOKEN_INFO *info);
    void (*C_GetMechanismList)(void), (*C_GetMechanismInfo)(void), (*C_InitToken)(void),
        (*C_InitPIN)(void), (*C_SetPIN)(void);
    CK_RV (*C_OpenSession)(CK_SLOT_ID slot, CK_FLAGS flags, void *application, void *notify,
                           CK_SESSION_HANDLE *session);
    CK_RV (*C_CloseSession)(CK_SESSION_HANDLE session);
    void (*C_CloseAllSessions)(void), (*C_GetSessionInfo)(void), (*C_GetOperationState)(void),
        (*C_SetOperationState)(void);
    CK_RV (*C_Login)(CK_SESSION_HANDLE session, CK_USER_TYPE user, CK_BYTE *pin, CK_ULONG pin_length);
    CK_RV (*C_Logout)(CK_SESSION_HANDLE session);
    void (*C_CreateObject)(void), (*C_CopyObject)(void), (*C_DestroyObject)(void),
        (*C_GetObjectSize)(void);
    CK_RV (*C_GetAttributeValue)(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
                                 CK_ATTRIBUTE *attributes, CK_ULONG count);
    void (*C_SetAttributeValue)(void);
    CK_RV (*C_FindObjectsInit)(CK_SESSION_HANDLE session, CK_ATTRIBUTE *attributes, CK_ULONG count);
    CK_RV (*C_FindObjects)(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *objects, CK_ULONG room,
                           CK_ULONG *count);
    CK_RV (*C_FindObjectsFinal)(CK_SESSION_HANDLE session);
    CK_RV (*C_EncryptInit)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
    CK_RV (*C_Encrypt)(CK_SESSION_HANDLE session, CK_BYTE *input, CK_ULONG input_length, CK_BYTE *output,
                       CK_ULONG *output_length);
    void (*C_EncryptUpdate)(void), (*C_EncryptFinal)(void);
    CK_RV (*C_DecryptInit)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);
    CK_RV (*C_Decrypt)(CK_SESSION_HANDLE session, CK_BYTE *input, CK_ULONG input_length, CK_BYTE *output,
                       CK_ULONG *output_length);
    void (*C_DecryptUpdate)(void), (*C_DecryptFinal)(void), (*C_DigestInit)(void), (*C_Digest)(void),
        (*C_DigestUpdate)(void), (*C_DigestKey)(void), (*C_DigestFinal)(void), (*C_SignInit)(void),
        (*C_Sign)(void), (*C_SignUpdate)(void), (*C_SignFinal)(void), (*C_SignRecoverInit)(void),
        (*C_SignRecover)(void), (*C_VerifyInit)(void), (*C_Verify)(void), (*C_VerifyUpdate)(void),
        (*C_VerifyFinal)(void), (*C_VerifyRecoverInit)(void), (*C_VerifyRecover)(void),
        (*C_DigestEncryptUpdate)(void), (*C_DecryptDigestUpdate)(void), (*C_SignEncryptUpdate)(void),
        (*C_DecryptVerifyUpdate)(void);
    CK_RV (*C_GenerateKey)(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_ATTRIBUTE *attributes,
                           CK_ULONG count, CK_OBJECT_HANDLE *key);
    void (*C_GenerateKeyPair)(void), (*C_WrapKey)(void), (*C_UnwrapKey)(void), (*C_DeriveKey)(void),
        (*C_SeedRandom)(void), (*C_GenerateRandom)(void), (*C_GetFunctionStatus)(void),
        (*C_CancelFunction)(void), (*C_WaitForSlotEvent)(void);
} CK_FUNCTION_LIST;

typedef CK_RV (*CK_C_GetFunctionList)(CK_FUNCTION_LIST **functions);

enum {
    STRONGROOM_CKF_OS_LOCKING_OK = 0x2,
    STRONGROOM_CKF_RW_SESSION = 0x2,
    STRONGROOM_CKF_SERIAL_SESSION = 0x4,
    STRONGROOM_CKF_TOKEN_INITIALIZED = 0x400,
    STRONGROOM_CKF_USER_PIN_LOCKED = 0x40000,
    STRONGROOM_CKU_USER = 1,
    STRONGROOM_CKO_SECRET_KEY = 4,
    STRONGROOM_CKK_AES = 0x1F,
    STRONGROOM_CKM_AES_KEY_GEN = 0x1080,
    STRONGROOM_CKM_AES_GCM = 0x1087,
    STRONGROOM_CKA_CLASS = 0x0,
    STRONGROOM_CKA_TOKEN = 0x1,
    STRONGROOM_CKA_PRIVATE = 0x2,
    STRONGROOM_CKA_LABEL = 0x3,
    STRONGROOM_CKA_KEY_TYPE = 0x100,
    STRONGROOM_CKA_SENSITIVE = 0x103,
    STRONGROOM_CKA_ENCRYPT = 0x104,
    STRONGROOM_CKA_DECRYPT = 0x105,
    STRONGROOM_CKA_VALUE_LEN = 0x161,
    STRONGROOM_CKA_EXTRACTABLE = 0x162,
    STRONGROOM_CKA_MODIFIABLE = 0x170,
};

// Loads a module and gives its functions; NULL, with the loader's words in *reason, when it cannot be loaded.
// A module is never unloaded: many leave threads and exit handlers behind.
static inline CK_C_GetFunctionList strongroom_load_cryptoki(const char *path, const char **reason) {
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");
    if (symbol == NULL) *reason = dlerror();
    return (CK_C_GetFunctionList)symbol;
}

#endif
