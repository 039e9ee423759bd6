using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events.Presets;
using EdgeVision.Mqtt;

namespace EdgeVision.Module.Webhooks;

/// <summary>Who gets events by HTTPS POST, and how.</summary>
internal sealed record WebhookOptions
{
    /// <summary>The section's name.</summary>
    public const string Key = "Webhooks";

    /// <summary>Each has a delivery loop and a connection.</summary>
    public const int MaxCount = 8;

    private const int MaxUrlLength = 2048;

    public required Uri Url { get; init; }

    /// <summary>From the environment; never shown. Null with <see cref="SecretFile"/>, or for requests without a signature.</summary>
    public string? Secret { get; init; }

    /// <summary>Read for every request, so that it can be changed while the node runs.</summary>
    public string? SecretFile { get; init; }

    public EventPreset Preset { get; init; }

    /// <summary>Events a request, at most.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>For a whole request.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How it catches up after an outage.</summary>
    public DeliveryOptions Delivery { get; init; } = DeliveryOptions.Default;

    /// <summary>Host and port, for people: behind them may stand a token.</summary>
    public string Host => Url.Authority;

    public static WebhookOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var url = options.RequiredText("Url", "Address that gets the events by POST: https, or http on loopback. One that holds a token belongs into the environment.", CheckUrl);
        var read = new WebhookOptions
        {
            Url = CheckUrl(url) is null ? new Uri(url) : new Uri("https://localhost"),
            Secret = options.Secret("Secret", "SecretFile", "Signs each request (HMAC-SHA256, docs/events.md)."),
            SecretFile = options.FilePath("SecretFile", "File that holds the secret in its first line; read again for every request.", PemFile.CheckReadable),
            Preset = PresetWords.Read(options),
            BatchSize = options.Integer("BatchSize", 100, 1, 1000, "Events a request at most. Raising it drains a backlog faster but sends more of them twice after a failure."),
            Timeout = options.Milliseconds("TimeoutMs", 10_000, 100, 120_000, "How long a request may take before it counts as failed and is made again."),
            Delivery = options.Section(DeliveryOptions.Key, DeliveryOptions.Read),
        };
        if (read.Secret is not null && read.SecretFile is not null) options.Refuse("SecretFile", "is set, and so is the secret in the environment; keep one of them.");
        return read;
    }

    /// <inheritdoc cref="MqttAlsoOptions.CheckName"/>
    public static string? CheckName(string name) => MqttAlsoOptions.CheckName(name);

    /// <summary>The compiler's version would print the secret.</summary>
    public override string ToString() => $"{Host}, {(Secret is null && SecretFile is null ? "not signed" : "signed")}, {PresetWords.Of(Preset)}";

    private static string? CheckUrl(string url)
    {
        if (url.Length > MaxUrlLength) return $"is longer than {MaxUrlLength} characters; shorten it";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("https" or "http")) return "is no address; write https://host/path";
        if (parsed.UserInfo.Length > 0) return "holds a user or password; put a secret into SecretFile, requests are signed with it";
        if (parsed.Scheme == "http" && !parsed.IsLoopback) return "is not encrypted and leaves this machine; use https";
        return null;
    }
}
