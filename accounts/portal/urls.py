"""Addresses of sign-in and account pages."""

from __future__ import annotations

from django.urls import path

from accounts.portal import credentials, home, invitations, joining, people, recovery, security, sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("directory", home.directory, name="directory"),
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-in/code", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/recovery-code", sign_in.sign_in_recovery, name="sign_in_recovery"),
    path("sign-in/passkey", sign_in.sign_in_passkey, name="sign_in_passkey"),
    path("sign-in/passkey/options", sign_in.passkey_options, name="passkey_options"),
    path("sign-in/forgotten", recovery.forgotten_password, name="forgotten_password"),
    path("sign-in/new-password/<str:link>", recovery.new_password, name="new_password"),
    path("sign-in/as/<slug:key>", sign_in.step_into, name="step_into"),
    path("step-up", sign_in.step_up, name="step_up"),
    path("step-up/options", sign_in.step_up_options, name="step_up_options"),
    path("seat", sign_in.change_seat, name="change_seat"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("join/password", joining.join_password, name="join_password"),
    path("join/factor", joining.enrol_factor, name="enrol_factor"),
    path("join/factor/picture", joining.enrol_picture, name="enrol_picture"),
    path("join/factor/options", joining.enrol_options, name="enrol_options"),
    path("join/anew/<str:link>", joining.enrol_anew, name="enrol_anew"),
    path("join/<str:secret>", joining.join_page, name="join"),
    path("security", security.security, name="security"),
    path("security/app", security.add_app, name="add_app"),
    path("security/app/picture", security.app_picture, name="app_picture"),
    path("security/passkey", security.add_passkey, name="add_passkey"),
    path("security/passkey/options", security.add_passkey_options, name="add_passkey_options"),
    path("security/factors/<int:factor_id>/remove", security.remove_factor, name="remove_factor"),
    path("security/recovery-codes", security.renew_recovery_codes, name="renew_recovery_codes"),
    path("security/password", security.change_password, name="change_password"),
    path("security/sessions/end", security.end_session, name="end_session"),
    path("people", people.people, name="people"),
    path("people/invite", invitations.invite, name="invite"),
    path("people/invitations/<uuid:invitation_id>/withdraw", invitations.withdraw, name="withdraw_invitation"),
    path("people/invitations/<uuid:invitation_id>/again", invitations.send_again, name="send_invitation_again"),
    path("people/<int:posting_id>/grant", people.grant_role, name="grant_role"),
    path("people/<int:posting_id>/end", people.end_posting, name="end_posting"),
    path("people/<int:posting_id>/reset", people.reset_factors, name="reset_factors"),
    path("keys", credentials.credentials, name="credentials"),
    path("keys/new", credentials.issue_credential, name="issue_credential"),
    path("keys/<uuid:credential_id>/revoke", credentials.revoke_credential, name="revoke_credential"),
]
