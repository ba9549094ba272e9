// Every cause that a report can name, with its text. A cause without its text does not compile.

export const OWNERS = [
  'network',
  'database',
  'identity',
  'platform',
  'workload',
  'partner',
  'operator',
  'probe',
] as const;
export type Owner = (typeof OWNERS)[number];

export type CauseText = {
  readonly class:
    | 'name'
    | 'route'
    | 'connection'
    | 'timeout'
    | 'tls-trust'
    | 'tls-client'
    | 'tls-version'
    | 'protocol'
    | 'credential'
    | 'authorization'
    | 'address'
    | 'capacity'
    | 'token'
    | 'idle'
    | 'latency'
    | 'runtime'
    | 'evidence'
    | 'ours';
  readonly title: string;
  readonly meaning: string;
  /** What it usually means on ephemeral (serverless) compute, where that differs. */
  readonly inEphemeral: string | null;
  readonly owner: Owner;
  readonly action: string;
  /** A blocker without a minimum of runs: for good once seen, or only until the target succeeds again. */
  readonly decisive: 'ever' | 'until-success' | null;
  /** What it says of a hold that it ended. */
  readonly ends: 'closed' | 'reset' | 'silent' | null;
  /** The verdict it leads to where it is all that was found: most are failures of the target, some only leave a gap. */
  readonly leads: 'fail' | 'inconclusive' | 'warn';
};

type Brief = Pick<CauseText, 'class' | 'title' | 'meaning' | 'owner' | 'action'> & Partial<CauseText>;

const of = (brief: Brief): CauseText => ({ inEphemeral: null, decisive: null, ends: null, leads: 'fail', ...brief });

const table = {
  // --- names and routes
  'name-not-found': of({
    class: 'name',
    title: 'The name does not exist',
    meaning: 'The resolver answered that this name has no address.',
    inEphemeral: 'A private DNS zone that the dedicated network sees is often not linked to serverless compute.',
    owner: 'network',
    action:
      'Check the spelling; then link the private DNS zone to this compute, or publish the name where it resolves.',
  }),
  'name-lookup-failed': of({
    class: 'name',
    title: 'The resolver did not answer properly',
    meaning: 'The lookup failed for a reason other than a missing name (SERVFAIL, no resolver reached).',
    owner: 'network',
    action: 'Check the resolver that this compute uses, and its forwarding rule for this zone.',
  }),
  'name-lookup-timeout': of({
    class: 'name',
    title: 'The resolver stayed silent',
    meaning: 'No answer to the lookup within the deadline of the stage.',
    owner: 'network',
    action: 'Check that this compute may reach its DNS servers (port 53, UDP and TCP).',
  }),
  'connect-timeout': of({
    class: 'route',
    title: 'No TCP answer',
    meaning: 'The SYN was never answered: a firewall drops it, or there is no route back.',
    inEphemeral: 'The usual sign of a firewall that does not know the egress address of this run.',
    owner: 'network',
    action: 'Allow the egress addresses of this context at the target, or give it a private endpoint.',
  }),
  'host-unreachable': of({
    class: 'route',
    title: 'No route to the host',
    meaning: 'A router or the local kernel answered that the host or network cannot be reached.',
    owner: 'network',
    action: 'Check routes, peerings and private endpoints between this compute and the target.',
  }),
  'egress-policy-denied': of({
    class: 'route',
    title: 'The platform’s egress policy denied it',
    meaning:
      'The platform’s own log (system.access.outbound_network) says that its network policy dropped a connection to this destination within two minutes of this failure.',
    owner: 'platform',
    action:
      'Add the destination to allowed_internet_destinations of the network policy of this workspace, by its DNS name: a bare address cannot be allowed.',
    decisive: 'until-success',
    ends: 'silent',
  }),
  'connection-refused': of({
    class: 'connection',
    title: 'The port is closed',
    meaning: 'The host answered with a reset: nothing listens on this port, or a firewall rejects actively.',
    owner: 'network',
    action: 'Check the port number and that the service is up; then the firewall in front of it.',
  }),
  'connection-reset': of({
    class: 'connection',
    title: 'The connection was reset',
    meaning: 'The peer, or a device between, ended the connection with RST.',
    inEphemeral: 'A NAT or an inspecting proxy that gives a flow up often answers this way.',
    owner: 'network',
    action: 'Find the device that sends the reset: compare the stage and time with firewall and load-balancer logs.',
    ends: 'reset',
  }),
  'connection-closed': of({
    class: 'connection',
    title: 'The peer closed the connection',
    meaning: 'The connection ended in order (FIN) before the stage was done.',
    owner: 'network',
    action: 'Check idle and session limits of the server and of proxies or gateways before it.',
    ends: 'closed',
  }),
  'address-not-answering': of({
    class: 'route',
    title: 'One of the addresses does not answer',
    meaning: 'The name resolves to several addresses, and at least one of them failed while another worked.',
    owner: 'network',
    action: 'Open the way to every address the name resolves to: a client may be given any of them.',
    leads: 'warn',
  }),
  // --- deadlines by stage
  'tls-timeout': of({
    class: 'timeout',
    title: 'The TLS handshake was not finished in time',
    meaning: 'The peer accepted the connection and then stayed silent during the handshake.',
    owner: 'network',
    action: 'Check for a proxy that accepts for the server, and for a server that is overloaded.',
  }),
  'negotiate-timeout': of({
    class: 'timeout',
    title: 'The peer accepted and stayed mute',
    meaning: 'The connection stands, and the first protocol message was never answered.',
    owner: 'network',
    action: 'Check that this port speaks the expected protocol and that no proxy only accepts for it.',
  }),
  'login-timeout': of({
    class: 'timeout',
    title: 'The login was not answered in time',
    meaning: 'The protocol was negotiated, then the server did not answer the login.',
    owner: 'database',
    action: 'Check the load of the server and its directory; a paused serverless database needs a longer loginTimeout.',
  }),
  'authorize-timeout': of({
    class: 'timeout',
    title: 'The coordinator did not answer in time',
    meaning: 'Joining the group, or an offset commit, was not answered.',
    owner: 'platform',
    action: 'Check the health of the group coordinator, and that every broker can be reached from here.',
  }),
  'request-timeout': of({
    class: 'timeout',
    title: 'The request was not answered in time',
    meaning: 'The login worked, then the first request got no answer.',
    owner: 'database',
    action: 'Check the load of the server, and middle boxes that limit the size of packets (MTU).',
  }),
  'idle-silent': of({
    class: 'idle',
    title: 'No answer after idling',
    meaning: 'The connection was left idle, then used: no answer and no reset. A device between forgot the flow.',
    inEphemeral: 'Serverless NAT forgets idle flows after some minutes and says nothing to either side.',
    owner: 'network',
    action: 'Send keepalive below the idle limit, raise that limit, or reconnect before use.',
    ends: 'silent',
  }),
  'in-use-silent': of({
    class: 'idle',
    title: 'A connection in use fell silent',
    meaning: 'A connection that was used every few seconds no longer answered, and neither end said that it was over.',
    inEphemeral: 'Gateways that limit the age of a connection, or move it to another address, end it this way.',
    owner: 'network',
    action: 'Look for a limit on the age of connections on this route; reconnect within it.',
    ends: 'silent',
  }),
  'hold-timeout': of({
    class: 'timeout',
    title: 'The hold did not end in time',
    meaning: 'A connection that was asked to stay open could not be tried again at the planned time.',
    owner: 'network',
    action: 'Run the hold again; if it repeats, look at the health of this context.',
    ends: 'silent',
  }),
  'renew-timeout': of({
    class: 'timeout',
    title: 'The renewal was not answered in time',
    meaning: 'A token or session was to be renewed, and the server stayed silent.',
    owner: 'identity',
    action: 'Check the way to the token endpoint from this context.',
  }),
  // --- TLS
  'issuer-not-trusted': of({
    class: 'tls-trust',
    title: 'The certificate comes from an authority that is not trusted',
    meaning: 'The chain of the server ends in an authority outside the trust store that was used.',
    inEphemeral: 'A TLS-inspecting proxy on this route signs with its own authority.',
    owner: 'network',
    action:
      'Compare the issuer with the real one; then add that authority (`ca`), or take the target out of inspection.',
    decisive: 'until-success',
  }),
  'certificate-expired': of({
    class: 'tls-trust',
    title: 'The server certificate has expired',
    meaning: 'The end of validity of the certificate, or of one above it, has passed.',
    owner: 'partner',
    action: 'Renew the server certificate.',
    decisive: 'until-success',
  }),
  'certificate-not-yet-valid': of({
    class: 'tls-trust',
    title: 'The server certificate is not valid yet',
    meaning: 'The start of validity lies ahead: a new certificate, or a wrong clock here.',
    owner: 'partner',
    action: 'Compare the clock of this host with the certificate.',
    decisive: 'until-success',
  }),
  'certificate-name-mismatch': of({
    class: 'tls-trust',
    title: 'The certificate is for another name',
    meaning: 'No subject alternative name matches the name that was connected to.',
    inEphemeral: 'Private endpoints reached by another name than the public one show this.',
    owner: 'network',
    action: 'Connect by a name that the certificate carries (`hostNameInCertificate`), or issue one with this name.',
    decisive: 'until-success',
  }),
  'certificate-ends-soon': of({
    class: 'tls-trust',
    title: 'A certificate ends soon',
    meaning: 'Less is left of its validity than was required.',
    owner: 'partner',
    action: 'Renew the certificate before the migration.',
  }),
  'tls-version-unsupported': of({
    class: 'tls-version',
    title: 'No TLS version in common',
    meaning: 'The server offers only versions or ciphers that this client (OpenSSL 3) refuses.',
    owner: 'database',
    action:
      'Enable TLS 1.2 on the server; a Java client with relaxed settings may still connect, this one cannot tell.',
    decisive: 'until-success',
  }),
  'tls-handshake-failed': of({
    class: 'tls-trust',
    title: 'The TLS handshake failed',
    meaning: 'The peer ended the handshake with an alert that names no certificate problem.',
    owner: 'network',
    action: 'Read the alert code in the detail; under TLS 1.2 it also stands for a missing client certificate.',
  }),
  'not-tls': of({
    class: 'protocol',
    title: 'The peer does not speak TLS',
    meaning: 'What came back is not a TLS record: a plain-text port, or a proxy with an error page.',
    owner: 'workload',
    action: 'Check port and protocol: this listener is not a TLS listener.',
    decisive: 'until-success',
  }),
  'encryption-not-offered': of({
    class: 'tls-version',
    title: 'Encryption was asked for and not obtained',
    meaning: 'The server (or something between) answered that it does not encrypt. The password was not sent.',
    owner: 'database',
    action: 'Enable encryption on the server, and ask who answers in its place.',
    decisive: 'until-success',
  }),
  'not-encrypted': of({
    class: 'tls-version',
    title: 'The session is not encrypted as far as it should be',
    meaning:
      'Server and settings agreed on less encryption than is asked for; at worst the password travels in the clear.',
    owner: 'database',
    action: 'Enable encryption on the server; set encrypt=true in the URL.',
  }),
  'encryption-required': of({
    class: 'tls-version',
    title: 'The server requires encryption',
    meaning: 'The settings say no encryption, and the server insists on it.',
    owner: 'workload',
    action: 'Set encrypt=true (JDBC) or a TLS security.protocol (Kafka).',
    decisive: 'until-success',
  }),
  'client-certificate-rejected': of({
    class: 'tls-client',
    title: 'The client certificate was rejected',
    meaning: 'The server refused the certificate that was shown: wrong authority, expired, or revoked.',
    inEphemeral: 'An inspecting proxy cannot pass a client certificate on; the server then sees none.',
    owner: 'partner',
    action: 'Have the issuing authority registered at the server; exempt the target from TLS inspection.',
    decisive: 'until-success',
  }),
  'client-certificate-missing': of({
    class: 'tls-client',
    title: 'The server asks for a client certificate and got none',
    meaning: 'The server ended the connection because no client certificate reached it.',
    owner: 'workload',
    action: 'Configure `clientCertificate`; if it is configured, look for a proxy that ends TLS on the way.',
    decisive: 'until-success',
  }),
  'client-certificate-expired': of({
    class: 'tls-client',
    title: 'The client certificate has expired',
    meaning: 'The certificate in the configuration is outside its validity.',
    owner: 'workload',
    action: 'Renew the client certificate.',
    decisive: 'until-success',
  }),
  // --- protocol
  'protocol-violation': of({
    class: 'protocol',
    title: 'The answer is not of this protocol',
    meaning: 'The peer answered with bytes that the protocol does not allow.',
    owner: 'network',
    action: 'Check that the port belongs to the service, and look for a proxy that answers in its place.',
  }),
  'version-unsupported': of({
    class: 'protocol',
    title: 'No protocol version in common',
    meaning: 'The server does not support the version of a request that this client speaks.',
    owner: 'platform',
    action: 'Compare server and client versions; the real client may support more than this one.',
    leads: 'inconclusive',
  }),
  'status-unexpected': of({
    class: 'protocol',
    title: 'The HTTP status is not the expected one',
    meaning: 'The API answered, with another status than the configuration expects.',
    owner: 'partner',
    action: 'Check the path and the credentials of the request, or change `expect.status`.',
  }),
  'echo-unreadable': of({
    class: 'protocol',
    title: 'The echo answered without an address',
    meaning: 'The endpoint that is to tell our address answered something else.',
    owner: 'operator',
    action: 'Check the URL of the echo; `probe echo` starts one of your own.',
    leads: 'inconclusive',
  }),
  'redirect-unreachable': of({
    class: 'route',
    title: 'The server redirects to an address that cannot be reached',
    meaning: 'The gateway answered with another server, and that one did not answer.',
    inEphemeral: 'Inside a cloud the redirect policy sends clients to the ports 11000 to 11999 as well.',
    owner: 'network',
    action: 'Open the redirect ports and addresses too, or set the proxy connection policy at the server.',
  }),
  // --- identity
  'login-rejected': of({
    class: 'credential',
    title: 'The login was rejected',
    meaning:
      'The server knows no such account, or the secret is wrong. It is not tried again: an account must not be locked.',
    owner: 'identity',
    action: 'Correct the user or secret of this target; the rejected identity is tried once in the next run.',
    decisive: 'until-success',
  }),
  'password-expired': of({
    class: 'credential',
    title: 'The password has expired',
    meaning: 'The account exists, and its password must be changed before it can log in.',
    owner: 'identity',
    action: 'Renew the password of the account.',
    decisive: 'until-success',
  }),
  'account-locked': of({
    class: 'credential',
    title: 'The account is locked or disabled',
    meaning: 'The server refuses this account whatever the secret.',
    owner: 'identity',
    action: 'Unlock or enable the account.',
    decisive: 'until-success',
  }),
  'identity-rejected-elsewhere': of({
    class: 'credential',
    title: 'Not tried: the same identity was rejected at another target',
    meaning:
      'Another target uses this account at this realm and was rejected before any success, so that all of them stopped.',
    owner: 'identity',
    action: 'Correct the credential at the target that was rejected, then run again.',
    leads: 'inconclusive',
  }),
  'database-not-available': of({
    class: 'capacity',
    title: 'The database is not available',
    meaning: 'The server answered that this database is missing, resuming or offline.',
    owner: 'database',
    action: 'Check the name of the database and its state; a serverless database resumes at the first login.',
  }),
  'not-authorized': of({
    class: 'authorization',
    title: 'Not authorized',
    meaning: 'The login worked, and the account may not do what the workload needs.',
    owner: 'identity',
    action: 'Grant the permission named in the detail; `probe plan --privileges` lists them all.',
    decisive: 'until-success',
  }),
  'probe-not-authorized': of({
    class: 'authorization',
    title: 'This probe lacks a permission that the workload does not need',
    meaning: 'Only our own test object (such as our consumer group) was refused; nothing is known of the workload.',
    owner: 'operator',
    action: 'Add the permission named in the detail, or accept that this part stays untested.',
    leads: 'inconclusive',
  }),
  'topic-not-found': of({
    class: 'authorization',
    title: 'The topic does not exist',
    meaning: 'The brokers know no such topic, or hide it from this account. Nothing was created.',
    owner: 'platform',
    action: 'Check the name of the topic and the Describe permission.',
    decisive: 'until-success',
  }),
  'mechanism-not-offered': of({
    class: 'credential',
    title: 'The server does not offer this SASL mechanism',
    meaning: 'The mechanism of the configuration is not enabled at the listener.',
    owner: 'platform',
    action: 'Use one of the mechanisms that the detail lists, or enable this one.',
    decisive: 'until-success',
  }),
  // --- Kafka
  'coordinator-not-available': of({
    class: 'capacity',
    title: 'No group coordinator',
    meaning: 'No broker answered as the coordinator of the group.',
    owner: 'platform',
    action: 'Check the brokers and the internal offsets topic.',
  }),
  'group-unstable': of({
    class: 'capacity',
    title: 'The group did not stay stable',
    meaning: 'Our own one-member group was rebalanced, or its membership was lost.',
    owner: 'platform',
    action: 'Check the health of the coordinator and the time that packets take to it.',
  }),
  'server-error': of({
    class: 'capacity',
    title: 'The server answered with an error',
    meaning: 'An error of the server itself; number and text are in the detail.',
    owner: 'platform',
    action: 'Look the number up in the documentation of the server.',
  }),
  throttled: of({
    class: 'capacity',
    title: 'The server limits us',
    meaning: 'A resource or request limit of the server was reached.',
    owner: 'database',
    action: 'Lower `sampling.pace`, or run at a calmer time; then check the limits that the workload will meet.',
  }),
  // --- storage
  'storage-not-found': of({
    class: 'name',
    title: 'The bucket, container or folder does not exist',
    meaning:
      'The storage answers, and knows nothing by the name of this bucket, container or folder. Nothing was created.',
    inEphemeral: 'A mount that the dedicated cluster has from its init script is not there on serverless compute.',
    owner: 'platform',
    action: 'Check the URL of the target; then create or mount it, or use a path that both contexts have.',
    decisive: 'until-success',
  }),
  'storage-elsewhere': of({
    class: 'protocol',
    title: 'The bucket is in another region, or behind another endpoint',
    meaning: 'The service refers us to another place, or does not take a signature for this region.',
    owner: 'workload',
    action: 'Correct `region` or `endpoint` of this target, and in the workload what stands for them.',
    decisive: 'until-success',
  }),
  'storage-network-refused': of({
    class: 'address',
    title: 'The storage account refuses this network',
    meaning:
      'The account answered AuthorizationFailure, which is how the rules of its firewall refuse who comes from elsewhere.',
    inEphemeral:
      'Serverless compute comes from subnets or private endpoints of the platform, which the account must allow by themselves.',
    owner: 'network',
    action: 'Allow the network of this context in the firewall of the account, or give it a private endpoint.',
    decisive: 'until-success',
  }),
  'storage-clock-refused': of({
    class: 'credential',
    title: 'The storage refuses the time of our signature',
    meaning: 'The clock of this host and that of the storage differ by more than a signed request may be old.',
    owner: 'platform',
    action: 'Synchronise the clock of this host (NTP).',
    decisive: 'until-success',
  }),
  'storage-read-only': of({
    class: 'authorization',
    title: 'Nothing can be written there',
    meaning: 'The mount is read-only, or a policy keeps what is there from being changed.',
    inEphemeral: 'Serverless compute mounts some paths for reading alone.',
    owner: 'platform',
    action: 'Mount it for writing, exempt the prefix from the policy, or hand over by another path.',
    decisive: 'until-success',
  }),
  'storage-full': of({
    class: 'capacity',
    title: 'The storage is full',
    meaning: 'No space, or no quota, is left for even a small file.',
    owner: 'platform',
    action: 'Make room, or raise the quota.',
  }),
  'storage-mount-broken': of({
    class: 'connection',
    title: 'The mount is broken',
    meaning: 'The path is there, and the kernel cannot reach what is mounted on it (EIO, ESTALE, ENOTCONN).',
    inEphemeral: 'A mount outlives the token or the connection that it was made with.',
    owner: 'platform',
    action: 'Look at the service behind the mount and at its log; mount it anew.',
  }),
  'storage-canary-altered': of({
    class: 'protocol',
    title: 'What was written is not what is read',
    meaning: 'A canary came back with other bytes than were written, or one of another context is damaged.',
    owner: 'platform',
    action: 'Look for what changes or cuts files on the way: a gateway, a cache, a synchronising mount.',
    decisive: 'ever',
  }),
  'storage-canary-gone': of({
    class: 'protocol',
    title: 'What was written could not be found at once',
    meaning:
      'A canary was missing, or not listed, right after it was written. Now and then another run of the same context has deleted it; more often the storage shows writes late.',
    owner: 'platform',
    action: 'Look for a cache or a replica between writer and reader; let the workload wait for what it hands over.',
    leads: 'warn',
  }),
  'storage-canaries-left': of({
    class: 'authorization',
    title: 'Canaries could not be deleted',
    meaning: 'This context may write and read, and not delete: small files named preflight-probe-….canary stay there.',
    owner: 'operator',
    action: 'Grant the right to delete below the prefix, or let a lifecycle rule remove them.',
    leads: 'warn',
  }),
  // --- addresses
  'egress-refused': of({
    class: 'address',
    title: 'The server refuses our address',
    meaning: 'The firewall of the server itself named the address it refused.',
    inEphemeral: 'The egress address of serverless compute changes from run to run; each must be allowed.',
    owner: 'network',
    action: 'Allow the published egress ranges of this context at the server, or give it a private endpoint.',
    decisive: 'ever',
  }),
  'egress-not-allowed': of({
    class: 'address',
    title: 'Seen from an address outside the allowlist',
    meaning: 'The target saw us come from an address that `firewallAllows` does not contain.',
    inEphemeral: 'Serverless compute leaves from a pool that the platform publishes; sampling cannot list it.',
    owner: 'network',
    action: 'Add the published ranges of this context to the allowlist, or use a private endpoint or fixed egress.',
    decisive: 'ever',
  }),
  'egress-not-seen': of({
    class: 'address',
    title: 'The target did not tell which address it saw',
    meaning: 'An allowlist is declared, and no attempt learnt an egress address from this target.',
    owner: 'operator',
    action:
      'Add an `egress` target with an echo on the same route, or `path: private` where no public address is used.',
    leads: 'inconclusive',
  }),
  // --- idle, tokens, latency
  'idle-dropped': of({
    class: 'idle',
    title: 'An idle connection did not survive',
    meaning: 'A connection that idled as long as the workload does could not be used again.',
    inEphemeral: 'The NAT of serverless compute forgets idle flows; nothing on either side is told.',
    owner: 'network',
    action: 'Set keepalive below the limit, reconnect before use, or keep this workload on dedicated compute.',
    decisive: 'ever',
  }),
  'idle-limited': of({
    class: 'idle',
    title: 'Idle connections do not last',
    meaning:
      'A connection that idled for some time was gone; how long it lasts lies between two times that were tried.',
    inEphemeral: 'A NAT on the way out of serverless compute mostly forgets flows that idle for some minutes.',
    owner: 'network',
    action: 'Say how long the workloads idle (`longestIdle`); below the limit, keep connections alive or reconnect.',
    leads: 'warn',
  }),
  'idle-not-tested': of({
    class: 'idle',
    title: 'No connection was held as long as the workload idles',
    meaning: 'The workload leaves connections idle, and no hold of that length stands in the evidence.',
    owner: 'operator',
    action: 'Set `sampling.holds.rungs` to the longest idle of the workload and run again.',
    leads: 'inconclusive',
  }),
  'token-ends-before-job': of({
    class: 'token',
    title: 'The token ends before the job does',
    meaning: 'What is left of the token at its issue is shorter than the longest job that uses it.',
    inEphemeral: 'Tokens of serverless runs are often scoped to the run and short, and are not renewed.',
    owner: 'identity',
    action: 'Renew the token within the job, ask for a longer life, or split the job.',
    decisive: 'ever',
  }),
  'token-expired': of({
    class: 'token',
    title: 'The token has expired',
    meaning: 'The token that was found is past its end.',
    owner: 'identity',
    action: 'Issue a new token; find out why the old one is still handed out.',
    decisive: 'until-success',
  }),
  'token-missing': of({
    class: 'token',
    title: 'There is no token',
    meaning: 'The file or variable that should hold it is absent or empty in this context.',
    inEphemeral: 'Serverless compute passes no environment variables; the launcher must hand the token over.',
    owner: 'workload',
    action: 'Hand the token over in this context, or change `source`.',
    decisive: 'until-success',
  }),
  'token-unreadable': of({
    class: 'token',
    title: 'The token cannot be read',
    meaning: 'It is no JWT and no lifetime came with it, so that nothing can be said of its end.',
    owner: 'operator',
    action: 'State the lifetime with the identity provider; an opaque token without `expires_in` cannot be judged.',
    leads: 'inconclusive',
  }),
  'clock-skewed': of({
    class: 'token',
    title: 'Clocks disagree',
    meaning: 'The clock of this host and that of the server differ by more than tokens tolerate.',
    owner: 'platform',
    action: 'Synchronise the clocks (NTP); tokens may be refused as not yet valid or as expired.',
    leads: 'warn',
  }),
  'latency-too-high': of({
    class: 'latency',
    title: 'Slower than required',
    meaning: 'The 95th percentile of a stage is above what `expect.p95` allows.',
    owner: 'network',
    action: 'Compare the stages of both contexts; look at the region and the route.',
  }),
  // --- the runtime itself
  'runtime-cannot': of({
    class: 'runtime',
    title: 'This kind of compute cannot do what the workload needs',
    meaning:
      'The workload declares that it needs something (`needs`) which the maker of this compute documents as not supported. No way through the network changes that.',
    owner: 'workload',
    action: 'Take what is needed out of the workload, or place it on a kind of compute that has it.',
  }),
  'runtime-table-old': of({
    class: 'runtime',
    title: 'What this kind of compute can do was checked long ago',
    meaning:
      'What platforms support changes, and this line of the table was last compared with its source more than 180 days before.',
    owner: 'operator',
    action: 'Read the source that is named, and take a newer version of this tool.',
    leads: 'warn',
  }),
  // --- what the evidence can say
  'never-succeeded': of({
    class: 'evidence',
    title: 'Not one attempt has succeeded',
    meaning: 'In the whole history of this target in this context nothing has worked yet.',
    owner: 'network',
    action: 'Mend the cause listed under failures, then run again.',
  }),
  'fails-too-often': of({
    class: 'evidence',
    title: 'Job runs fail more often than tolerated',
    meaning: 'The evidence excludes that failures are as rare as the workload needs.',
    owner: 'network',
    action: 'Mend the causes listed under failures; then set earlier runs aside with `policy.since`.',
  }),
  'first-attempt-only': of({
    class: 'evidence',
    title: 'Only the first connection of a run fails',
    meaning: 'Cold connections fail and later ones work; the workload declares that it retries its first connection.',
    owner: 'workload',
    action: 'Keep the retry in the workload.',
    leads: 'warn',
  }),
  'too-few-runs': of({
    class: 'evidence',
    title: 'More runs are needed',
    meaning: 'What was seen does not yet carry a verdict with the stated confidence.',
    owner: 'operator',
    action: 'Run the same command again with the same evidence folder.',
    leads: 'inconclusive',
  }),
  'too-few-attempts': of({
    class: 'evidence',
    title: 'More attempts are needed',
    meaning: 'The attempts of this run do not carry a verdict with the stated confidence.',
    owner: 'operator',
    action: 'Raise the limits under `sampling`, or judge over runs with an evidence folder.',
    leads: 'inconclusive',
  }),
  'cannot-pass': of({
    class: 'evidence',
    title: 'A pass is out of reach',
    meaning: 'More clean runs are needed than the budget of runs (`policy.maxRuns`) leaves.',
    owner: 'operator',
    action: 'Mend what failed and set earlier runs aside with `policy.since`, or tolerate more failed runs.',
    leads: 'inconclusive',
  }),
  'span-too-short': of({
    class: 'evidence',
    title: 'The runs lie too close together',
    meaning: 'The span from the first to the last run is shorter than `policy.minSpan`.',
    owner: 'operator',
    action: 'Spread the runs over at least that span.',
    leads: 'inconclusive',
  }),
  'failures-adjacent': of({
    class: 'evidence',
    title: 'Failures came one after another',
    meaning: 'Attempts of one run that fail together are no sample of other hours.',
    owner: 'operator',
    action: 'Judge over runs: run again with an evidence folder.',
    leads: 'inconclusive',
  }),
  'one-run-only': of({
    class: 'evidence',
    title: 'One run only',
    meaning: 'Compute of this kind is new at every run: one clean run says nothing about the next.',
    owner: 'operator',
    action: 'Gather runs in an evidence folder to reach a verdict for the context.',
    leads: 'warn',
  }),
  // --- where failures gather: hints, and no verdicts
  'failures-at-one-address': of({
    class: 'evidence',
    title: 'Failures gather at one address of the target',
    meaning:
      'The name resolves to several addresses, and attempts fail at one of them far more often than at the others.',
    owner: 'network',
    action: 'Look at the server or gateway behind that address, and at the way to it.',
    leads: 'warn',
  }),
  'failures-at-one-egress-address': of({
    class: 'evidence',
    title: 'Failures gather where runs leave from one address',
    meaning: 'Runs that leave from this address fail far more often than those that leave from others.',
    inEphemeral: 'An address of the pool that a firewall does not know shows this.',
    owner: 'network',
    action: 'Compare what the firewalls and limits on the way say of that address with what they say of the others.',
    leads: 'warn',
  }),
  'failures-at-one-server': of({
    class: 'evidence',
    title: 'Failures gather at one server',
    meaning: 'Of several servers or brokers one fails far more often than the others.',
    owner: 'platform',
    action: 'Look at the health of that server, and at the way to it.',
    leads: 'warn',
  }),
  'failures-in-some-runs': of({
    class: 'evidence',
    title: 'Failures come with some runs',
    meaning: 'The attempts of some runs fail far more often than those of others.',
    inEphemeral: 'Each run has another host, another egress address and another token.',
    owner: 'platform',
    action: 'Compare the runs that failed with the others: host, egress address, token, time of day.',
    leads: 'warn',
  }),
  'failures-at-first-attempt': of({
    class: 'evidence',
    title: 'The first connection of a run fails more often than those after it',
    meaning:
      'What is cold fails: a paused database, a name or a token asked for the first time, a flow that is new to a firewall.',
    owner: 'workload',
    action: 'Look for what is made at first use; have the workload retry its first connection, and declare that.',
    leads: 'warn',
  }),
  'failures-by-time-in-run': of({
    class: 'evidence',
    title: 'Failures come early in a run, or late',
    meaning: 'Within their runs the failures lie far more often in one half than in the other.',
    owner: 'platform',
    action:
      'Early: look for what warms up. Late: look for what is used up, such as ports, sessions, quotas or a token.',
    leads: 'warn',
  }),
  'failures-periodic': of({
    class: 'evidence',
    title: 'Failures come at equal distances',
    meaning: 'From one failure to the next it is mostly the same number of attempts.',
    owner: 'platform',
    action: 'Look for what takes turns: one of several servers behind the name or the load balancer may be down.',
    leads: 'warn',
  }),
  'failures-in-bursts': of({
    class: 'evidence',
    title: 'Failures come in bursts',
    meaning: 'Within their runs the failures stand together far more than in a random order.',
    owner: 'platform',
    action: 'Compare the times of the failures with failovers, deployments and throttling at the target.',
    leads: 'warn',
  }),
  'part-failed': of({
    class: 'evidence',
    title: 'A part that only some attempts try has failed',
    meaning: 'The dear part (such as joining a group) failed although connecting works.',
    owner: 'platform',
    action: 'Look at the failures of that part.',
  }),
  'part-missing': of({
    class: 'evidence',
    title: 'A planned part was not tried often enough',
    meaning: 'A pass needs every planned try of the dear part.',
    owner: 'operator',
    action: 'Run again; raise `sampling.wall` if time ran out.',
    leads: 'inconclusive',
  }),
  'other-vantage': of({
    class: 'evidence',
    title: 'The evidence is of another place in the network',
    meaning:
      'The workload connects from another vantage than the evidence, such as Spark’s own sources and not the driver.',
    owner: 'operator',
    action: 'Gather evidence from the vantage that the workload connects from (`connectsFrom`).',
    leads: 'warn',
  }),
  'nothing-observed': of({
    class: 'evidence',
    title: 'Nothing was observed',
    meaning: 'The rule needs an observation that no attempt brought.',
    owner: 'operator',
    action: 'Look at the failures and at the reason for stopping of this target.',
    leads: 'inconclusive',
  }),
  'not-testable': of({
    class: 'evidence',
    title: 'This client cannot try it',
    meaning:
      'The workload uses a method (such as Kerberos) that this tool does not speak; the stages before it were tried.',
    owner: 'operator',
    action: 'Test this part with the real client, and keep the result beside this report.',
    leads: 'inconclusive',
  }),
  'evidence-unreadable': of({
    class: 'evidence',
    title: 'Part of the evidence cannot be read',
    meaning: 'A line or file is damaged, or lines are missing. What is lost may have been a failure.',
    owner: 'operator',
    action: 'Restore the file from where it was copied, or run again.',
    leads: 'inconclusive',
  }),
  'run-interrupted': of({
    class: 'evidence',
    title: 'The run was interrupted',
    meaning: 'It ended before its plan was done, by a signal or without an end.',
    owner: 'operator',
    action: 'Run again.',
    leads: 'inconclusive',
  }),
  'host-missing': of({
    class: 'evidence',
    title: 'A host brought no evidence to its end',
    meaning:
      'One process was started on each of several hosts at once, and not all of them have written the end of their run: what such a host sees is not known.',
    owner: 'operator',
    action: 'Look at what is said of that host, and run again on all of them.',
    leads: 'inconclusive',
  }),
  'hosts-differ': of({
    class: 'evidence',
    title: 'Hosts of one context differ',
    meaning: 'What most of the hosts see, others do not: they leave by another way, or fail where the rest works.',
    inEphemeral: 'A pool of addresses gives each host its own; only failures of some hosts are a reason to look.',
    owner: 'platform',
    action:
      'Compare the network of the hosts that are named with that of the others: subnet, route, proxy, DNS, firewall.',
    leads: 'warn',
  }),
  'limits-too-low': of({
    class: 'evidence',
    title: 'The limits keep this target from a conclusion',
    meaning: 'Fewer attempts are allowed in a run than any verdict needs.',
    owner: 'operator',
    action: 'Raise the limit named, or put fewer targets on one server and run.',
    leads: 'inconclusive',
  }),
  'local-starvation': of({
    class: 'ours',
    title: 'This host starved the probe',
    meaning:
      'This process stood still while the attempt ran, or had no port, file or thread left; the attempt counts neither for nor against the target.',
    owner: 'platform',
    action: 'Give the task more CPU, or run it when the host is calmer.',
    leads: 'inconclusive',
  }),
  'uplink-unstable': of({
    class: 'route',
    title: 'The uplink of this context fails',
    meaning:
      'A control target, which stands for the way out of this context, fails as well: the other targets are not to blame.',
    inEphemeral: 'Each run gets another host and another NAT: some of them have no way out, or lose it for a while.',
    owner: 'platform',
    action: 'Give the platform the times of these failures: its egress, NAT or resolver did not work then.',
  }),
  'clocks-disagree': of({
    class: 'evidence',
    title: 'Clocks disagree',
    meaning: 'A run says that it began after the time at which it is judged: how old it is cannot be known.',
    owner: 'operator',
    action: 'Set the clock of the machine that ran it, or of this one, and make the run again.',
    leads: 'inconclusive',
  }),
  'runs-gone': of({
    class: 'evidence',
    title: 'Runs were taken out of the evidence',
    meaning:
      'Later runs name an earlier one that is not in the folder any more. What it said is not known, and it may have been a failure.',
    owner: 'operator',
    action:
      'Pass all the folders that hold its runs, or bring it back. To set runs aside after a fix, write policy.since and leave them where they are.',
    leads: 'inconclusive',
  }),
  'contexts-mixed': of({
    class: 'evidence',
    title: 'Runs of several kinds of compute under one name',
    meaning:
      'Runs that are called by one name of a context were made on different kinds of compute: they say nothing of either.',
    owner: 'operator',
    action: 'Give each kind of compute a name of its own with --context, and make the runs of the wrong one again.',
    leads: 'inconclusive',
  }),
  'waiver-unused': of({
    class: 'evidence',
    title: 'A waiver waives nothing',
    meaning: 'A waiver in the policy has ended, is for too long, or names a finding that is not there any more.',
    owner: 'operator',
    action: 'Take it out of policy.waivers, or renew it with a date of its own.',
    leads: 'warn',
  }),
  'uplink-unknown': of({
    class: 'evidence',
    title: 'A dead uplink cannot be told from dead targets',
    meaning: 'Several servers failed at once, and no control target says whether the way out of this context worked.',
    owner: 'operator',
    action: 'Add a target with `control: true` that is known to be up and reached by the same way out.',
    leads: 'warn',
  }),
  defect: of({
    class: 'ours',
    title: 'A defect of this tool',
    meaning: 'The probe itself broke. This is no verdict on the target.',
    owner: 'probe',
    action: 'Report it with the stack on standard error.',
    leads: 'inconclusive',
  }),
  unclassified: of({
    class: 'protocol',
    title: 'An error that is not in the table yet',
    meaning: 'The error is the target’s, and its code is in the detail.',
    owner: 'operator',
    action: 'Look the code up; please report it, so that it gets a name.',
  }),
} as const satisfies Record<string, CauseText>;

export type Cause = keyof typeof table;
export const CAUSES: Readonly<Record<Cause, CauseText>> = table;

export const isCause = (code: string): code is Cause => Object.hasOwn(table, code);

/** The text of a cause read from evidence, which may come from a newer tool. */
export const causeText = (code: string): CauseText => (isCause(code) ? CAUSES[code] : CAUSES.unclassified);

/** Answers that reject an identity for good: trying again could lock the account. */
export const REJECTIONS: ReadonlySet<string> = new Set<Cause>(['login-rejected', 'password-expired', 'account-locked']);
