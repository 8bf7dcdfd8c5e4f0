"""Login profiles, the account's password policy, and users who change their password."""

import pytest

from support.iam import fresh, refused
from support.principals import Person, allow, deny, iam_client

GOOD, OTHER = "correct-Horse-7", "battery-Staple-8"


@pytest.fixture(scope="module")
def iam(server):
    return iam_client(server)


@pytest.fixture
def name(iam):
    name = fresh("login")
    iam.create_user(UserName=name)
    return name


@pytest.fixture
def policy(iam):
    """Sets the account's password policy for one test."""

    def update(**settings):
        iam.update_account_password_policy(**settings)

    yield update
    try:
        iam.delete_account_password_policy()
    except iam.exceptions.NoSuchEntityException:
        pass


def test_a_login_profile_comes_and_goes(iam, name):
    with refused("NoSuchEntity", f"Cannot find Login Profile for User {name}"):
        iam.get_login_profile(UserName=name)
    made = iam.create_login_profile(UserName=name, Password=GOOD, PasswordResetRequired=True)["LoginProfile"]
    assert (made["UserName"], made["PasswordResetRequired"]) == (name, True)
    assert iam.get_login_profile(UserName=name)["LoginProfile"] == made
    with refused("EntityAlreadyExists", f"Login Profile for user {name} already exists."):
        iam.create_login_profile(UserName=name, Password=GOOD)
    iam.update_login_profile(UserName=name, Password=OTHER, PasswordResetRequired=False)
    assert not iam.get_login_profile(UserName=name)["LoginProfile"]["PasswordResetRequired"]
    with refused("DeleteConflict", "Cannot delete entity, must delete login profile first."):
        iam.delete_user(UserName=name)
    iam.delete_login_profile(UserName=name)
    with refused("NoSuchEntity"):
        iam.delete_login_profile(UserName=name)
    with refused("NoSuchEntity"):
        iam.update_login_profile(UserName=name, Password=GOOD)
    iam.delete_user(UserName=name)


def test_a_user_that_is_not_there(iam):
    missing = fresh("missing")
    for call, more in [
        (iam.create_login_profile, {"Password": GOOD}),
        (iam.get_login_profile, {}),
        (iam.update_login_profile, {"Password": GOOD}),
        (iam.delete_login_profile, {}),
    ]:
        with refused("NoSuchEntity", f"The user with name {missing} cannot be found."):
            call(UserName=missing, **more)


@pytest.mark.parametrize("password", ["Short-7", "alllowercase", "lower-and-symbol", "12345678"])
def test_the_default_policy_refuses(iam, name, password):
    with refused("PasswordPolicyViolation", "Password does not conform to the account password policy."):
        iam.create_login_profile(UserName=name, Password=password)
    with refused("NoSuchEntity"):
        iam.get_login_profile(UserName=name)


def test_the_account_s_policy_is_enforced(iam, name, policy):
    with refused("NoSuchEntity"):
        iam.get_account_password_policy()
    with refused("NoSuchEntity"):
        iam.delete_account_password_policy()
    policy(MinimumPasswordLength=12, RequireNumbers=True, RequireSymbols=True, MaxPasswordAge=30)
    shown = iam.get_account_password_policy()["PasswordPolicy"]
    assert shown["MinimumPasswordLength"] == 12 and shown["ExpirePasswords"] and shown["MaxPasswordAge"] == 30
    assert shown["RequireNumbers"] and shown["RequireSymbols"] and not shown["RequireUppercaseCharacters"]
    assert not shown["AllowUsersToChangePassword"]
    for password in ("short-7", "no-number-in-this", "nosymbol12345"):
        with refused("PasswordPolicyViolation"):
            iam.create_login_profile(UserName=name, Password=password)
    iam.create_login_profile(UserName=name, Password="long-enough-7")
    policy(RequireUppercaseCharacters=True)
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 6
    with refused("PasswordPolicyViolation"):
        iam.update_login_profile(UserName=name, Password="long-enough-8")
    iam.update_login_profile(UserName=name, Password="Long-enough-8")


def test_passwords_are_not_used_again(iam, name, policy):
    policy(PasswordReusePrevention=2)
    iam.create_login_profile(UserName=name, Password="first-1")
    iam.update_login_profile(UserName=name, Password="second-2")
    for password in ("second-2", "first-1"):
        with refused("PasswordPolicyViolation"):
            iam.update_login_profile(UserName=name, Password=password)
    iam.update_login_profile(UserName=name, Password="third-3")
    iam.update_login_profile(UserName=name, Password="first-1")


def test_a_user_changes_its_own_password(server, iam):
    person = Person(server, iam, allow("iam:ChangePassword"))
    with refused("NoSuchEntity"):
        person.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    iam.create_login_profile(UserName=person.name, Password=GOOD, PasswordResetRequired=True)
    with refused("AccessDenied", "The old password was incorrect."):
        person.iam.change_password(OldPassword=OTHER, NewPassword=OTHER)
    with refused("PasswordPolicyViolation"):
        person.iam.change_password(OldPassword=GOOD, NewPassword="bad")
    person.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    assert not iam.get_login_profile(UserName=person.name)["LoginProfile"]["PasswordResetRequired"]
    with refused("AccessDenied"):
        person.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    with refused("InvalidUserType", "Only IAM Users can change their own password"):
        iam.change_password(OldPassword=GOOD, NewPassword=OTHER)


def test_who_may_change_its_password(server, iam, policy):
    person, denied = Person(server, iam), Person(server, iam, deny("iam:ChangePassword"))
    for one in (person, denied):
        iam.create_login_profile(UserName=one.name, Password=GOOD)
    with refused("AccessDenied"):
        person.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    policy(AllowUsersToChangePassword=True)
    person.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    with refused("AccessDenied"):
        denied.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)
    with refused("AccessDenied"):
        person.iam.update_login_profile(UserName=denied.name, Password=OTHER)


def test_guessing_is_slowed_for_the_one_who_is_guessed_alone(server, iam):
    victim, other = (Person(server, iam, allow("iam:ChangePassword")) for _ in range(2))
    for one in (victim, other):
        iam.create_login_profile(UserName=one.name, Password=GOOD)
    codes = []
    for _ in range(6):
        with pytest.raises(victim.iam.exceptions.ClientError) as caught:
            victim.iam.change_password(OldPassword=OTHER, NewPassword=OTHER)
        codes.append(caught.value.response["Error"]["Code"])
    assert codes[:3] == ["AccessDenied"] * 3 and "LimitExceeded" in codes[3:]
    other.iam.change_password(OldPassword=GOOD, NewPassword=OTHER)


def test_passwords_are_nowhere(server, iam, name):
    secret = "Unmistakable-Password-7"
    iam.create_login_profile(UserName=name, Password=secret)
    with refused("EntityAlreadyExists"):
        iam.create_login_profile(UserName=name, Password=secret)
    for path in [server.log, *(server.data / "trail").iterdir(), *server.data.glob("strongroom.sqlite*")]:
        assert secret.encode() not in path.read_bytes(), path
