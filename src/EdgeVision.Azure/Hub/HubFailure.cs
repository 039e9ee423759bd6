using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using EdgeVision.Azure.Identity;
using MQTTnet;

namespace EdgeVision.Azure.Hub;

/// <summary>Why no link came about, as one sentence with the fix.</summary>
/// <param name="Reason">The sentence.</param>
/// <param name="NeedsTrust">The certificate's authority is unknown: the trust bundle may be new.</param>
internal sealed record HubFailure(string Reason, bool NeedsTrust = false)
{
    /// <summary>CONNACK said no. MQTT 3.1.1, section 3.2.2.3.</summary>
    public static HubFailure OfRefusal(MqttClientConnectResultCode code, HubIdentity identity, TimeProvider time) => code switch
    {
        // An edgeHub answers so, too, until it has learned of a module that was deployed a moment ago.
        MqttClientConnectResultCode.NotAuthorized or MqttClientConnectResultCode.BadUserNameOrPassword => new(string.Create(CultureInfo.InvariantCulture,
            $"{identity.Host} does not let '{identity.ClientId}' in: its token or certificate does not hold; check that the identity exists and is enabled, its key, and this machine's clock (now {time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'}). It is tried again.")),
        MqttClientConnectResultCode.ServerUnavailable => new($"{identity.Host} is not ready for '{identity.ClientId}' (server unavailable); it is tried again."),
        MqttClientConnectResultCode.ClientIdentifierNotValid => new($"{identity.Host} does not know the client id '{identity.ClientId}'; check device and module id."),
        _ => new($"{identity.Host} refused the connection of '{identity.ClientId}' ({code}); it is tried again."),
    };

    /// <summary>It did not come to a CONNACK.</summary>
    public static HubFailure OfConnect(Exception failure, string host, HubOptions options, HubTrust trust)
    {
        if (trust.Failure is { } wrong) return new HubFailure(wrong, trust.IsUntrusted);
        for (var e = failure; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case SocketException socket: return new HubFailure(OfSocket(socket, host, options));
                case AuthenticationException: return new HubFailure($"No TLS connection to {host}:{options.Port} ({e.GetBaseException().Message.TrimEnd('.')}); does that port speak TLS 1.2 or 1.3?");
                case TimeoutException: return new HubFailure(string.Create(CultureInfo.InvariantCulture, $"{host}:{options.Port} did not answer within {options.Timeout.TotalSeconds:0.###} s; it is tried again."));
            }
        }

        return new HubFailure($"{host}:{options.Port} closed the connection before it answered; is it an edgeHub or IoT Hub that is just starting? It is tried again.");
    }

    private static string OfSocket(SocketException e, string host, HubOptions options) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{host}:{options.Port} refuses connections; does edgeHub run (iotedge list)? It is tried again.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => $"The name '{host}' cannot be resolved; check this machine's DNS, and hostname in the device's config.toml.",
        _ => $"{host}:{options.Port} cannot be reached ({e.Message}); check the network and firewalls between here and there.",
    };
}
