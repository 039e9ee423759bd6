using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using EdgeVision.Delivery;
using MQTTnet;
using MQTTnet.Exceptions;

namespace EdgeVision.Mqtt;

/// <summary>What went wrong between this node and a broker, as one sentence that names the fix.</summary>
internal static class MqttFailure
{
    /// <summary>Reason codes of MQTT 5.0 (section 2.4) that MQTTnet's enumeration of PUBACK codes does not name.</summary>
    private const int PacketTooLarge = 0x95;

    /// <summary>What a network does. Everything else is a bug and may rise.</summary>
    public static bool IsExpected(Exception e) => e
        is MqttCommunicationException or MqttProtocolViolationException or OperationCanceledException or ObjectDisposedException
        or SocketException or IOException or AuthenticationException or TimeoutException;

    /// <summary>Why no connection came about.</summary>
    /// <param name="failure">Any exception of <see cref="IsExpected"/>.</param>
    /// <param name="options">For names and keys.</param>
    /// <param name="certificate">What the check of the broker's certificate found, null when it found nothing or never ran.</param>
    public static string OfConnect(Exception failure, MqttOptions options, string? certificate)
    {
        if (certificate is not null) return certificate;
        for (var e = failure; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case SocketException socket: return OfSocket(socket, options);
                case AuthenticationException: return OfHandshake(e, options);
                case TimeoutException: return $"{options.Broker} did not answer within {Seconds(options.Timeout)}; is it an MQTT broker, and is the network fast enough? Otherwise raise Mqtt:TimeoutMs.";
            }
        }

        if (options.Tls is { Enabled: true, ClientCertificateFile: null })
            return $"{options.Broker} closed the TLS connection before it answered; if it asks for a certificate, set Mqtt:Tls:ClientCertificateFile and ClientKeyFile.";
        if (options.Tls.Enabled)
            return $"{options.Broker} closed the TLS connection before it answered; does it trust the certificate in Mqtt:Tls:ClientCertificateFile, and has that not expired?";
        return $"{options.Broker} closed the connection before it answered; is it an MQTT broker, and does that port speak plain MQTT? For TLS set Mqtt:Tls:Enabled.";
    }

    /// <summary>Why the broker said no to CONNECT.</summary>
    public static string OfRefusal(MqttClientConnectResult refusal, MqttOptions options, string clientId, string statusTopic)
    {
        var user = options.User is null ? "a client without user" : $"user '{options.User}'";
        var said = string.IsNullOrEmpty(refusal.ReasonString) ? "" : $" ({refusal.ReasonString})";
        return refusal.ResultCode switch
        {
            MqttClientConnectResultCode.BadUserNameOrPassword =>
                $"{options.Broker} refused {user}: wrong user or password{said}; check Mqtt:User and Mqtt:PasswordFile.",
            MqttClientConnectResultCode.NotAuthorized =>
                $"{options.Broker} refused {user}: not authorised{said}; check Mqtt:User, Mqtt:PasswordFile, and that the broker lets it publish to '{statusTopic}'.",
            MqttClientConnectResultCode.ClientIdentifierNotValid => $"{options.Broker} refused the client id '{clientId}'{said}; set Mqtt:ClientId to one it takes.",
            MqttClientConnectResultCode.Banned => $"{options.Broker} has banned this client{said}; ask its operator.",
            MqttClientConnectResultCode.ServerUnavailable or MqttClientConnectResultCode.ServerBusy or MqttClientConnectResultCode.QuotaExceeded
                or MqttClientConnectResultCode.ConnectionRateExceeded => $"{options.Broker} is busy or at its limit of clients ({refusal.ResultCode}){said}; it is tried again.",
            MqttClientConnectResultCode.UseAnotherServer or MqttClientConnectResultCode.ServerMoved =>
                $"{options.Broker} sends its clients to '{refusal.ServerReference}'{said}; set Mqtt:Host to that.",
            MqttClientConnectResultCode.RetainNotSupported => $"{options.Broker} keeps no retained messages, which the last will needs{said}; allow them in the broker.",
            MqttClientConnectResultCode.QoSNotSupported => $"{options.Broker} offers QoS 0 only{said}, with which events would be lost; allow QoS 1 in the broker.",
            _ => $"{options.Broker} refused the connection ({refusal.ResultCode}){said}; its log says more.",
        };
    }

    /// <summary>What a refused PUBLISH means for the event. <paramref name="accepted"/>: events of the batch before it.</summary>
    public static DeliveryResult OfPublish(int accepted, int code, string? said, string topic, int bytes, MqttOptions options)
    {
        var because = string.IsNullOrEmpty(said) ? "" : $" ({said})";
        return code switch
        {
            (int)MqttClientPublishReasonCode.NotAuthorized => DeliveryResult.Rejected(accepted,
                $"{options.Broker} does not let {(options.User is null ? "this client" : $"user '{options.User}'")} publish to '{topic}'{because}; allow it in the broker's access list."),
            (int)MqttClientPublishReasonCode.TopicNameInvalid => DeliveryResult.Rejected(accepted,
                $"{options.Broker} does not take topic '{topic}'{because}; set Mqtt:TopicPrefix to one it takes."),
            (int)MqttClientPublishReasonCode.PayloadFormatInvalid => DeliveryResult.Rejected(accepted,
                $"{options.Broker} does not take the payload of an event on '{topic}'{because}; ask its operator which format it checks for."),
            PacketTooLarge => TooLarge(accepted, bytes, null, options),
            (int)MqttClientPublishReasonCode.QuotaExceeded => DeliveryResult.RetryLater(accepted,
                $"{options.Broker} is at its limit for this client{because}; it is tried again."),
            _ => DeliveryResult.RetryLater(accepted, string.Create(CultureInfo.InvariantCulture,
                $"{options.Broker} could not take an event on '{topic}' (reason code 0x{code:X2}){because}; it is tried again.")),
        };
    }

    public static DeliveryResult TooLarge(int accepted, int bytes, uint? limit, MqttOptions options) => DeliveryResult.Rejected(accepted,
        $"An event of {bytes} bytes is larger than {options.Broker} takes{(limit is { } max ? $" ({max} bytes)" : "")}; raise its limit for messages.");

    /// <summary>Why an established connection is gone.</summary>
    public static string OfLoss(Exception? failure, MqttClientDisconnectReason? reason, MqttOptions options, string clientId) => reason switch
    {
        MqttClientDisconnectReason.SessionTakenOver =>
            $"{options.Broker} gave the place of this node to another client with the id '{clientId}'; give each node a Mqtt:ClientId of its own.",
        MqttClientDisconnectReason.PacketTooLarge => $"{options.Broker} closed the connection because a packet was too large for it; raise its limit for messages.",
        MqttClientDisconnectReason.ServerShuttingDown => $"{options.Broker} is shutting down; it is tried again.",
        MqttClientDisconnectReason.NotAuthorized or MqttClientDisconnectReason.AdministrativeAction =>
            $"{options.Broker} closed the connection ({reason}); ask its operator what this client may do.",
        not null and not MqttClientDisconnectReason.NormalDisconnection and not MqttClientDisconnectReason.UnspecifiedError =>
            $"{options.Broker} closed the connection ({reason}); it is tried again.",
        _ => failure is TimeoutException
            ? $"{options.Broker} did not acknowledge an event within {Seconds(options.Timeout)}; is it overloaded or stopped? Otherwise raise Mqtt:TimeoutMs."
            : $"The connection to {options.Broker} was lost; it is tried again. If that repeats, does another client use the id '{clientId}' (Mqtt:ClientId)?",
    };

    private static string OfSocket(SocketException e, MqttOptions options) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => $"{options.Broker} refuses connections; is a broker listening there? Start it, or correct Mqtt:Host and Mqtt:Port.",
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain =>
            $"The broker's name '{options.Host}' cannot be resolved; correct Mqtt:Host, or check this machine's DNS.",
        SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.NetworkDown or SocketError.HostDown =>
            $"{options.Broker} cannot be reached ({e.Message}); check the network and firewalls between here and there.",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected when options.Tls.Enabled =>
            $"{options.Broker} cut the connection while TLS was set up; does that port speak TLS, and does it ask for a certificate (Mqtt:Tls:ClientCertificateFile)?",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown or SocketError.NotConnected =>
            $"{options.Broker} cut the connection before it answered; does that port ask for TLS? Then set Mqtt:Tls:Enabled.",
        _ => $"{options.Broker} cannot be reached ({e.Message}); check the network between here and there.",
    };

    private static string OfHandshake(Exception e, MqttOptions options) =>
        $"No TLS connection to {options.Broker} ({Innermost(e).Message.TrimEnd('.')}); does that port speak TLS 1.2 or 1.3"
        + (options.Tls.ClientCertificateFile is null ? ", and does it ask for a certificate (Mqtt:Tls:ClientCertificateFile)?" : ", and does it trust Mqtt:Tls:ClientCertificateFile?");

    private static Exception Innermost(Exception e) => e.InnerException is null ? e : Innermost(e.InnerException);

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s";
}
