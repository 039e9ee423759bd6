using System.Globalization;
using System.Text;

namespace EdgeVision.Azure.Identity;

/// <summary>Who this node is to IoT Hub, and where it connects: to an edgeHub (the gateway) or to the hub itself.</summary>
/// <param name="HubHost">The hub's own name, <c>plant.azure-devices.net</c>: what tokens are made for, whoever the connection goes to.</param>
/// <param name="DeviceId">Of the device.</param>
/// <param name="ModuleId">Null for a device without modules.</param>
/// <param name="GatewayHost">The edgeHub's name; null to connect to the hub.</param>
public sealed record HubIdentity(string HubHost, string DeviceId, string? ModuleId, string? GatewayHost)
{
    /// <summary>The newest that IoT Hub documents for MQTT. edgeHub wants one, whichever.</summary>
    private const string ApiVersion = "2021-04-12";

    /// <summary>IoT Hub's limit of device and module ids, in characters.</summary>
    private const int MaxIdLength = 128;

    /// <summary>What IoT Hub allows in ids beside letters and digits, without <c>+</c> and <c>#</c>, which no MQTT topic can carry.</summary>
    private const string IdPunctuation = "-:.%_*?!(),=@$'";

    /// <summary>Of a gateway that is named with one, as a simulator may be; null for the usual.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>Where TCP and TLS go, and the name the server's certificate must carry.</summary>
    public string Host => GatewayHost ?? HubHost;

    /// <summary>MQTT client id: one connection per identity, a second one drops the first.</summary>
    public string ClientId => ModuleId is null ? DeviceId : $"{DeviceId}/{ModuleId}";

    /// <summary>First part of all topics of this identity that are not <c>$iothub/…</c>.</summary>
    public string TopicRoot => ModuleId is null ? $"devices/{DeviceId}" : $"devices/{DeviceId}/modules/{ModuleId}";

    /// <summary>What a SAS token is for, percent-encoded as it is signed and sent.</summary>
    public string Audience => Uri.EscapeDataString($"{HubHost}/{TopicRoot}");

    /// <summary>MQTT user name.</summary>
    /// <param name="productInfo">Shown by the hub beside the device.</param>
    /// <param name="modelId">DTMI of the Plug and Play model; null for none.</param>
    public string UserName(string productInfo, string? modelId)
    {
        var name = new StringBuilder($"{HubHost}/{ClientId}/?api-version={ApiVersion}&DeviceClientType={Uri.EscapeDataString(productInfo)}");
        if (modelId is not null) name.Append("&model-id=").Append(Uri.EscapeDataString(modelId));
        return name.ToString();
    }

    /// <summary>The same, with the port taken off a gateway's name that has one.</summary>
    internal HubIdentity WithoutPort()
    {
        var at = GatewayHost?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        return at > 0 && ushort.TryParse(GatewayHost.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? this with { GatewayHost = GatewayHost![..at], GatewayPort = port }
            : this;
    }

    /// <summary>Null when the identity can be used; otherwise what is wrong, as the end of a sentence that begins with the source.</summary>
    public string? Check() =>
        CheckHost("hub's host name", HubHost) ?? (GatewayHost is null ? null : CheckHost("gateway's host name", GatewayHost))
        ?? CheckId("device id", DeviceId) ?? (ModuleId is null ? null : CheckId("module id", ModuleId));

    private static string? CheckHost(string what, string name) =>
        Uri.CheckHostName(name) is UriHostNameType.Unknown ? $"has the {what} '{Shown(name)}', which is no host name; write it without scheme and port, for example plant.azure-devices.net." : null;

    private static string? CheckId(string what, string id)
    {
        if (id.Length is 0 or > MaxIdLength) return $"has a {what} of {id.Length} characters; IoT Hub takes 1 to {MaxIdLength}.";
        foreach (var c in id)
        {
            if (c is '+' or '#') return $"has the {what} '{Shown(id)}' with '{c}', which MQTT topics cannot carry; give it an id without.";
            if (!char.IsAsciiLetterOrDigit(c) && !IdPunctuation.Contains(c, StringComparison.Ordinal)) return $"has the {what} '{Shown(id)}' with '{c}', which IoT Hub does not allow in ids; correct it.";
        }

        return null;
    }

    /// <summary>Somebody may have pasted a key into the wrong place; what is too long for a wrong name is shown by its beginning.</summary>
    private static string Shown(string name) => name.Length <= 32 && !name.Contains('=', StringComparison.Ordinal) ? name : name[..Math.Min(8, name.Length)] + "…";
}
