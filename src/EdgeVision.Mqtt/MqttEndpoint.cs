using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using EdgeVision.Configuration;

namespace EdgeVision.Mqtt;

/// <summary>A broker as a person types it: <c>host</c>, <c>host:1883</c>, <c>[::1]:1883</c>, <c>mqtt://user@host</c>, <c>mqtts://host:8883</c>.</summary>
/// <param name="Host">Name or address; an IPv6 address without brackets.</param>
/// <param name="Port">Null means the default: 1883, with TLS 8883.</param>
/// <param name="User">Null when none was named.</param>
/// <param name="Tls">Null when no scheme was written.</param>
public sealed record MqttEndpoint(string Host, int? Port, string? User, bool? Tls)
{
    private const string Forms = "expected host, host:port, [ipv6]:port, mqtt://[user@]host[:port] or mqtts://…";

    /// <summary>Never throws; <paramref name="error"/> is one sentence, and never repeats a password.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MqttEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        endpoint = null;
        var rest = text.AsSpan().Trim();
        if (!TryCutScheme(ref rest, out var tls))
        {
            error = $"The scheme of broker '{WithoutPassword(text)}' is not known; {Forms}.";
            return false;
        }

        if (tls is not null && rest.EndsWith("/")) rest = rest[..^1];
        string? user = null;
        if (rest.LastIndexOf('@') is var at and >= 0)
        {
            user = rest[..at].ToString();
            rest = rest[(at + 1)..];
            if (user.Contains(':', StringComparison.Ordinal))
            {
                error = $"Broker '{WithoutPassword(text)}' carries a password, which every process on this machine could read; put it into a file (Mqtt:PasswordFile) or into EDGEVISION__MQTT__PASSWORD.";
                return false;
            }

            if (user.Length == 0 || user.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0)
            {
                error = $"The user of broker '{text}' is empty or holds blanks; {Forms}.";
                return false;
            }
        }

        return TrySplit(rest, text, user, tls, out endpoint, out error);
    }

    /// <summary>Null when the host is fine, otherwise the rest of a sentence that begins with it.</summary>
    public static string? CheckHost(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        if (IPAddress.TryParse(host, out var address) && (address.AddressFamily == AddressFamily.InterNetworkV6 || !host.Contains(':', StringComparison.Ordinal))) return null;
        if (host.Contains("://", StringComparison.Ordinal)) return "holds a scheme; write the name alone, Port, User and Tls:Enabled are keys of their own";
        if (host.Contains(':', StringComparison.Ordinal)) return "holds a port; write the name alone and set Port";
        return Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 ? null : "is no host name and no address";
    }

    /// <summary>
    /// Writes itself over the configured broker, as <c>--mqtt</c> does, so that one validator judges both. The port falls back to its
    /// default, because a configured one belongs to another host; a configured user stays, so that its password needs no command line.
    /// </summary>
    public void Overlay(ConfigurationTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        tree.Set(Host, MqttOptions.Key, "Host");
        tree.Set(Port, MqttOptions.Key, "Port");
        if (User is not null) tree.Set(User, MqttOptions.Key, "User");
        if (Tls is { } tls) tree.Set(tls, MqttOptions.Key, "Tls", "Enabled");
    }

    /// <summary><c>host:port</c>, as it can be typed again.</summary>
    public static string Show(string host, int port) =>
        host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";

    private static bool TryCutScheme(ref ReadOnlySpan<char> rest, out bool? tls)
    {
        tls = null;
        var end = rest.IndexOf("://");
        if (end < 0) return true;
        var scheme = rest[..end];
        if (scheme.Equals("mqtt", StringComparison.OrdinalIgnoreCase) || scheme.Equals("tcp", StringComparison.OrdinalIgnoreCase)) tls = false;
        else if (scheme.Equals("mqtts", StringComparison.OrdinalIgnoreCase) || scheme.Equals("ssl", StringComparison.OrdinalIgnoreCase)) tls = true;
        else return false;
        rest = rest[(end + 3)..];
        return true;
    }

    private static bool TrySplit(
        ReadOnlySpan<char> rest, string text, string? user, bool? tls, [NotNullWhen(true)] out MqttEndpoint? endpoint, [NotNullWhen(false)] out string? error)
    {
        endpoint = null;
        int? port = null;
        var colon = rest.LastIndexOf(':');
        var isBareIpv6 = !rest.StartsWith("[") && rest.Count(':') > 1;
        if (colon >= 0 && !isBareIpv6 && !rest.EndsWith("]"))
        {
            if (!int.TryParse(rest[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 65535)
            {
                error = $"The port of broker '{WithoutPassword(text)}' is not a number from 1 to 65535; {Forms}.";
                return false;
            }

            port = number;
            rest = rest[..colon];
        }

        var isBracketed = rest.Length > 2 && rest[0] == '[' && rest[^1] == ']';
        var host = (isBracketed ? rest[1..^1] : rest).ToString();
        if (isBracketed != host.Contains(':', StringComparison.Ordinal) && !isBareIpv6 || CheckHost(host) is not null)
        {
            error = $"The host of broker '{WithoutPassword(text)}' is no host name and no address; {Forms}.";
            return false;
        }

        endpoint = new MqttEndpoint(host, port, user, tls);
        error = null;
        return true;
    }

    /// <summary>What is quoted back to the user may end in a log.</summary>
    private static string WithoutPassword(string text)
    {
        var at = text.LastIndexOf('@');
        if (at < 0) return text;
        var start = text.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0;
        var colon = start <= at ? text.IndexOf(':', start, at - start) : -1;
        return colon < 0 ? text : $"{text[..colon]}:***{text[at..]}";
    }
}
