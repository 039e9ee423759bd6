using EdgeVision.Configuration;
using EdgeVision.Delivery;
using EdgeVision.Events.Presets;

namespace EdgeVision.Mqtt;

/// <summary>Where events are published, and how.</summary>
/// <param name="Host">Broker; null means the one that this process embeds.</param>
/// <param name="Port">TCP port of <paramref name="Host"/>.</param>
/// <param name="User">Null means anonymous, or known by certificate.</param>
/// <param name="Password">From the environment; never shown.</param>
/// <param name="PasswordFile">Read at every connect, so that it can be changed while the node runs.</param>
/// <param name="Tls">Encryption towards <paramref name="Host"/>.</param>
/// <param name="ClientId">Null means <c>{moduleId}-{deviceId}</c>.</param>
/// <param name="TopicPrefix">First levels of every topic; may hold <c>{deviceId}</c>.</param>
/// <param name="KeepAlive">How soon a silent connection is tried.</param>
/// <param name="Timeout">How long a connect or an acknowledgement may take.</param>
/// <param name="InFlight">Events on their way at once, 1..1000.</param>
/// <param name="Commands">Whether commands are taken from the broker.</param>
/// <param name="EmbeddedPort">TCP port of the embedded broker on loopback; 0 means any free one.</param>
public sealed record MqttOptions(
    string? Host,
    int Port,
    string? User,
    string? Password,
    string? PasswordFile,
    MqttTlsOptions Tls,
    string? ClientId,
    string TopicPrefix,
    TimeSpan KeepAlive,
    TimeSpan Timeout,
    int InFlight,
    bool Commands,
    int EmbeddedPort)
{
    /// <summary>The section's name.</summary>
    public const string Key = "Mqtt";

    /// <summary>How the sink catches up after an outage.</summary>
    public DeliveryOptions Delivery { get; init; } = DeliveryOptions.Default;

    public const string DefaultTopicPrefix = "edgevision/" + EventTopics.DeviceIdPlaceholder;

    /// <summary>MQTT 5.0 lets a client id be any text; longer ones than this help nobody.</summary>
    private const int MaxClientIdLength = 256;

    private static readonly IReadOnlyDictionary<string, MqttAlsoOptions> Nothing = new Dictionary<string, MqttAlsoOptions>();

    /// <summary>What a message looks like.</summary>
    public EventPreset Preset { get; init; }

    /// <summary>Where the attributes of an event stand.</summary>
    public MqttContentMode ContentMode { get; init; }

    /// <summary>What else the same broker gets, by name.</summary>
    public IReadOnlyDictionary<string, MqttAlsoOptions> Also { get; init; } = Nothing;

    /// <summary><c>host:port</c>, for people.</summary>
    public string Broker => Host is null ? "the embedded broker" : MqttEndpoint.Show(Host, Port);

    public static MqttOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var host = options.Text("Host", null, "Broker to publish to, a name or an address. Without it the module embeds a broker that listens on loopback only.", MqttEndpoint.CheckHost);
        var tls = options.Section("Tls", MqttTlsOptions.Read);
        var read = new MqttOptions(
            host,
            options.Integer("Port", tls.Enabled ? 8883 : 1883, 1, 65535, "TCP port of Host; 8883 with TLS."),
            options.Text("User", null, "User name for Host.", CheckUser),
            options.Secret("Password", "PasswordFile", "Password of User."),
            options.FilePath("PasswordFile", "File that holds the password of User in its first line; read again at every connect.", PemFile.CheckReadable),
            tls,
            options.Text("ClientId", null, "Client id; must be different for every client of the broker. Without it {moduleId}-{deviceId}.", CheckClientId),
            options.Text("TopicPrefix", DefaultTopicPrefix, "First levels of every topic; {deviceId} stands for the id of this node.", EventTopics.CheckPrefix)!,
            options.Milliseconds("KeepAliveMs", 30_000, 1_000, 600_000, "How soon a silent connection is tried. Raising it saves traffic but finds a lost broker later."),
            options.Milliseconds("TimeoutMs", 10_000, 100, 120_000, "How long a connect or an acknowledgement may take before the connection counts as lost."),
            options.Integer("InFlight", 16, 1, 1000, "Events on their way to the broker at once. Raising it hides a slow network's round trips but sends more of them twice after a loss."),
            options.Flag("Commands", false, "Takes commands on {TopicPrefix}/cmd/{command} (docs/commands.md). Whoever may publish there can pause cameras, switch outputs and ask for pictures: let the broker's access list say who."),
            options.Integer("EmbeddedPort", 1883, 0, 65535, "TCP port of the embedded broker on loopback; 0, or a taken port, means a free one."))
        {
            Preset = PresetWords.Read(options),
            ContentMode = MqttAlsoOptions.ReadContentMode(options),
            Also = options.Map("Also", "The same events once more on the same broker, in other shapes: each by a name of your choice, with a prefix and a connection of its own.", MqttAlsoOptions.Read, MqttAlsoOptions.CheckName),
            Delivery = options.Section(DeliveryOptions.Key, DeliveryOptions.Read),
        };
        read.CheckTogether(options);
        return read;
    }

    /// <summary>These options for a broker on this machine's loopback: how the sink reaches the embedded one.</summary>
    public MqttOptions AtLoopback(int port) => this with { Host = "127.0.0.1", Port = port };

    /// <summary>These options without what else the broker gets: equal for sinks that are.</summary>
    public MqttOptions Alone() => this with { Also = Nothing };

    /// <summary>These options for one of <see cref="Also"/>: the same broker, another client.</summary>
    /// <param name="name">A key of <see cref="Also"/>.</param>
    /// <param name="clientId">Of the main connection.</param>
    public MqttOptions For(string name, string clientId)
    {
        ArgumentNullException.ThrowIfNull(name);
        var also = Also[name];
        return Alone() with { Preset = also.Preset, TopicPrefix = also.TopicPrefix, ContentMode = also.ContentMode, ClientId = $"{clientId}-{name}" };
    }

    /// <summary>The compiler's version would print the password.</summary>
    public override string ToString() =>
        $"{Broker}, user {User ?? "none"}, password {(Password is null && PasswordFile is null ? "none" : "***")}, TLS {(Tls.Enabled ? "on" : "off")}, topics {TopicPrefix}";

    private void CheckTogether(OptionsReader options)
    {
        if (Host is null)
        {
            if (User is not null) options.Refuse("User", "is set, but Host is not; the embedded broker knows no users: set Host or remove User.");
            if (Tls.Enabled) options.Refuse("Tls:Enabled", "is true, but Host is not set; the embedded broker listens on loopback without TLS: set Host or remove it.");
        }

        if (Also.Count > MqttAlsoOptions.MaxCount) options.Refuse("Also", $"{Also.Count} are named; a node has {MqttAlsoOptions.MaxCount} at most: each is a connection.");
        RefuseSharedPrefixes(options);
        if (User is null && (Password is not null || PasswordFile is not null)) options.Refuse("User", "is missing, but a password is set; name the user it belongs to.");
        if (Password is not null && PasswordFile is not null) options.Refuse("PasswordFile", "is set, and so is the password in the environment; keep one of them.");
    }

    /// <summary>Prefixes that differ as they are written and meet once the id of this node stands in them.</summary>
    /// <param name="options">Of the section that holds <see cref="Key"/>.</param>
    /// <param name="deviceId">As far as the configuration knows it.</param>
    public void RefuseSharedPrefixes(OptionsReader options, string deviceId) => RefuseSharedPrefixes(options, deviceId, $"{Key}:");

    private void RefuseSharedPrefixes(OptionsReader options, string? deviceId = null, string at = "")
    {
        string Filled(string prefix) => deviceId is null ? prefix : prefix.Replace(EventTopics.DeviceIdPlaceholder, deviceId, StringComparison.Ordinal);
        List<(string Key, string Prefix)> taken = [("TopicPrefix", TopicPrefix)];
        foreach (var (name, also) in Also)
        {
            var key = $"{at}Also:{name}:TopicPrefix";
            foreach (var (other, prefix) in taken)
            {
                if (deviceId is not null && Meet(also.TopicPrefix, prefix)) continue; // told already
                if (Meet(Filled(also.TopicPrefix), Filled(prefix)))
                    options.Refuse(key, $"'{also.TopicPrefix}' and '{prefix}' ({other}) share topics, so a subscriber of one would get both; choose another first level, for example '{name}/{EventTopics.DeviceIdPlaceholder}'.");
            }

            taken.Add((key, also.TopicPrefix));
        }
    }

    private static bool Meet(string a, string b) => IsWithin(a, b) || IsWithin(b, a);

    private static bool IsWithin(string prefix, string other) => (prefix + '/').StartsWith(other + '/', StringComparison.Ordinal);

    private static string? CheckUser(string user) =>
        user.Length == 0 || user.AsSpan().IndexOfAnyInRange('\0', '\x1f') >= 0 ? "is empty or holds control characters; write the user name" : null;

    private static string? CheckClientId(string id)
    {
        if (id.Length is 0 or > MaxClientIdLength) return $"has {id.Length} characters; use 1 to {MaxClientIdLength}";
        return id.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0 ? "holds blanks or characters outside of ASCII; use letters, digits and punctuation" : null;
    }
}
