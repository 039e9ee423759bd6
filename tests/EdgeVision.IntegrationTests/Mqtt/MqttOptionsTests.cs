using CsCheck;
using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Mqtt;

namespace EdgeVision.IntegrationTests.Mqtt;

public sealed class MqttOptionsTests
{
    public static TheoryData<string, string, int?, string?, bool?> Endpoints => new()
    {
        { "broker", "broker", null, null, null },
        { "broker:1884", "broker", 1884, null, null },
        { "10.0.0.9:1883", "10.0.0.9", 1883, null, null },
        { "[::1]:1883", "::1", 1883, null, null },
        { "[fe80::1]", "fe80::1", null, null, null },
        { "::1", "::1", null, null, null },
        { "mqtt://broker.plant", "broker.plant", null, null, false },
        { "mqtts://broker.plant/", "broker.plant", null, null, true },
        { "mqtt://camera@broker:1883", "broker", 1883, "camera", false },
        { "MQTTS://a@b@broker:8883", "broker", 8883, "a@b", true },
        { " broker:1 ", "broker", 1, null, null },
    };

    public static TheoryData<string, string> WrongEndpoints => new()
    {
        { "", "is no host name" },
        { ":1883", "is no host name" },
        { "broker:", "is not a number from 1 to 65535" },
        { "broker:0", "is not a number from 1 to 65535" },
        { "broker:65536", "is not a number from 1 to 65535" },
        { "broker:+1", "is not a number from 1 to 65535" },
        { "http://broker", "scheme of broker 'http://broker' is not known" },
        { "mqtt://camera:geheim@broker", "carries a password" },
        { "camera:geheim@broker:1", "carries a password" },
        { "mqtt://@broker", "user of broker" },
        { "bro ker", "is no host name" },
        { "[broker]:1", "is no host name" },
        { "mqtt://broker/topic", "is no host name" },
        { "[::1", "is no host name" },
        { "#", "is no host name" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public void An_endpoint_is_understood(string text, string host, int? port, string? user, bool? tls)
    {
        Assert.True(MqttEndpoint.TryParse(text, out var endpoint, out var error), error);
        Assert.Equal(new MqttEndpoint(host, port, user, tls), endpoint);
    }

    [Theory]
    [MemberData(nameof(WrongEndpoints))]
    public void A_wrong_endpoint_is_one_sentence_without_the_password(string text, string part)
    {
        Assert.False(MqttEndpoint.TryParse(text, out _, out var error));
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_an_endpoint_or_a_sentence() =>
        Gen.String[Gen.Char["abc:/@[]#.0159 mqts%\0é"], 0, 24].Sample(
            text =>
            {
                if (!MqttEndpoint.TryParse(text, out var endpoint, out var error)) return error.Length > 0;
                return MqttEndpoint.CheckHost(endpoint.Host) is null && endpoint.Port is null or (>= 1 and <= 65535);
            },
            iter: 50_000);

    [Fact]
    public void The_command_line_overlays_the_configured_broker()
    {
        var tree = Tree("""{"Host":"old","Port":9999,"Tls":{"Enabled":true}}""");
        Assert.True(MqttEndpoint.TryParse("mqtt://camera@new", out var endpoint, out _));

        endpoint.Overlay(tree);

        var (options, mistakes) = Read(tree);
        Assert.Empty(mistakes);
        Assert.Equal(("new", 1883, "camera", false), (options.Host, options.Port, options.User, options.Tls.Enabled));
    }

    [Fact]
    public void Without_anything_the_embedded_broker_is_meant()
    {
        var options = OptionsReader.Defaults(MqttOptions.Read);

        Assert.Null(options.Host);
        Assert.Equal((1883, 1883, 16), (options.Port, options.EmbeddedPort, options.InFlight));
        Assert.Equal(MqttOptions.DefaultTopicPrefix, options.TopicPrefix);
    }

    [Fact]
    public void With_tls_the_port_is_8883()
    {
        var (options, mistakes) = Read(Tree("""{"Host":"broker","Tls":{"Enabled":true}}"""));

        Assert.Empty(mistakes);
        Assert.Equal(8883, options.Port);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { """{"User":"a"}""", "EdgeVision:Mqtt:User: is set, but Host is not" },
        { """{"Tls":{"Enabled":true}}""", "EdgeVision:Mqtt:Tls:Enabled: is true, but Host is not set" },
        { """{"Host":"b:1883"}""", "EdgeVision:Mqtt:Host: 'b:1883' holds a port; write the name alone and set Port." },
        { """{"Host":"mqtt://b"}""", "EdgeVision:Mqtt:Host: 'mqtt://***' holds a scheme" },
        { """{"Host":"b","Password":"x"}""", "EdgeVision:Mqtt:Password: a secret stands in the configuration; put it into a file and name that in PasswordFile" },
        { """{"Host":"b","PasswordFile":"/nonexistent/p","User":"a"}""", "EdgeVision:Mqtt:PasswordFile: '/nonexistent/p' does not exist; correct the path or put the file there." },
        { """{"Host":"b","PasswordFile":"/etc/hostname"}""", "EdgeVision:Mqtt:User: is missing, but a password is set" },
        { """{"Host":"b","Tls":{"CaFile":"/etc/hostname"}}""", "EdgeVision:Mqtt:Tls:Enabled: is false, but certificate files are named" },
        { """{"Host":"b","Tls":{"Enabled":true,"CaFile":"/nonexistent/ca"}}""", "EdgeVision:Mqtt:Tls:CaFile: '/nonexistent/ca' does not exist" },
        { """{"Host":"b","Tls":{"Enabled":true,"CaFile":"/etc"}}""", "EdgeVision:Mqtt:Tls:CaFile: '/etc' is a folder; name a regular file" },
        { """{"Host":"b","Tls":{"Enabled":true,"CaFile":"/etc/hostname"}}""", "EdgeVision:Mqtt:Tls:CaFile: '/etc/hostname' holds no certificate" },
        { """{"Host":"b","Tls":{"Enabled":true,"ClientCertificateFile":"/etc/hostname"}}""", "EdgeVision:Mqtt:Tls:ClientKeyFile: is missing, but ClientCertificateFile is set" },
        { """{"Host":"b","Tls":{"Enabled":true,"ClientKeyFile":"/etc/hostname"}}""", "EdgeVision:Mqtt:Tls:ClientCertificateFile: is missing, but ClientKeyFile is set" },
        { """{"Host":"b","Tls":{"Enabled":true,"ClientCertificateFile":"/etc/hostname","ClientKeyFile":"/etc/hostname"}}""", "'/etc/hostname' and '/etc/hostname' are not a certificate and its key" },
        { """{"TopicPrefix":"a/#"}""", "EdgeVision:Mqtt:TopicPrefix: 'a/#' holds '#'" },
        { """{"TopicPrefix":"/a"}""", "EdgeVision:Mqtt:TopicPrefix: '/a' has an empty level" },
        { """{"TopicPrefix":"a b"}""", "EdgeVision:Mqtt:TopicPrefix: 'a b' holds blanks" },
        { """{"TopicPrefix":"a/{node}"}""", "EdgeVision:Mqtt:TopicPrefix: 'a/{node}' holds '{'" },
        { """{"InFlight":0}""", "EdgeVision:Mqtt:InFlight: 0 is not a whole number from 1 to 1000." },
        { """{"EmbeddedPort":70000}""", "EdgeVision:Mqtt:EmbeddedPort: 70000 is not a whole number from 0 to 65535." },
        { """{"ClientId":"a b"}""", "EdgeVision:Mqtt:ClientId: 'a b' holds blanks" },
        { """{"Hosst":"b"}""", "EdgeVision:Mqtt:Hosst: unknown key; did you mean Host?" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_said_with_its_path_and_the_fix(string json, string sentence)
    {
        var (_, mistakes) = Read(Tree(json));

        Assert.Contains(mistakes, m => m.ToString().Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_password_from_the_environment_is_taken_and_never_shown()
    {
        var tree = Tree("""{"Host":"broker","User":"camera"}""");
        tree.OverlayEnvironment([new("EDGEVISION__MQTT__PASSWORD", "geheim")]);

        var (options, mistakes) = Read(tree);

        Assert.Empty(mistakes);
        Assert.Equal("geheim", options.Password);
        Assert.Equal("broker:1883, user camera, password ***, TLS off, topics edgevision/{deviceId}", options.ToString());
        Assert.Equal(
            "mosquitto_sub -h broker -p 1883 -u camera -t 'edgevision/gate-7/#' -v -P \"$EDGEVISION__MQTT__PASSWORD\"",
            SubscribeCommand.For(options, new EventTopics(options.TopicPrefix, "gate-7")));
    }

    [Fact]
    public void The_command_names_certificates_and_quotes_what_a_shell_would_split()
    {
        var options = OptionsReader.Defaults(MqttOptions.Read) with
        {
            Host = "broker",
            Port = 8883,
            Tls = new MqttTlsOptions(true, "/etc/my ca.crt", "/etc/c.crt", "/etc/c.key", null),
        };

        Assert.Equal(
            "mosquitto_sub -h broker -p 8883 --cafile '/etc/my ca.crt' --cert /etc/c.crt --key /etc/c.key -t 'plant/it'\\''s/#' -v",
            SubscribeCommand.For(options, new EventTopics("plant/it's", "gate-7")));
    }

    [Fact]
    public void No_topic_ever_holds_a_wildcard_or_an_empty_level()
    {
        var taken = 0;
        var prefixes = Gen.Select(
            Gen.String[Gen.Char["abé/#+$ {}\0.-_"], 0, 4],
            Gen.OneOf(Gen.Const(""), Gen.Const("{deviceId}"), Gen.Const("/x/"), Gen.Const("plant")),
            Gen.String[Gen.Char["abcdef/.-_"], 0, 6],
            (start, middle, end) => start + middle + end);
        Gen.Select(prefixes, Gen.String[Gen.Char["abé/#+$ .-_:"], 0, 12], Gen.Enum<EventFamily>()).Sample(
            (prefix, name, family) =>
            {
                if (EventTopics.CheckPrefix(prefix) is not null) return true;
                Interlocked.Increment(ref taken);
                var topics = new EventTopics(prefix, "gate-7");
                var camera = EntityName.Sanitise(name);
                return new[] { topics.Of(camera, family), topics.Of(null, family), topics.Status }.All(IsPlain)
                    && topics.Of(camera, family) != topics.Of(null, family) && topics.All.EndsWith("/#", StringComparison.Ordinal);
            },
            iter: 20_000);
        Assert.True(taken > 2_000, $"only {taken} prefixes were valid");
    }

    [Fact]
    public void Topics_are_those_of_the_contract()
    {
        var topics = new EventTopics(MqttOptions.DefaultTopicPrefix, "gate-7");

        Assert.Equal("edgevision/gate-7/door/events/frame", topics.Of("door", EventFamily.Frame));
        Assert.Equal("edgevision/gate-7/door/events/camera", topics.Of("door", EventFamily.Camera));
        Assert.Equal("edgevision/gate-7/events/system", topics.Of(null, EventFamily.System));
        Assert.Equal("edgevision/gate-7/status", topics.Status);
        Assert.Equal("edgevision/gate-7/#", topics.All);
        Assert.Throws<ArgumentException>(() => topics.Of("a/b", EventFamily.Frame));
        Assert.Throws<ArgumentException>(() => topics.Of("status", EventFamily.Frame));
    }

    private static bool IsPlain(string topic) =>
        topic.Length > 0 && topic.IndexOfAny(['#', '+', '$', ' ', '\0', '{', '}']) < 0 && topic.Split('/').All(level => level.Length > 0);

    private static ConfigurationTree Tree(string mqtt)
    {
        var tree = ConfigurationTree.Parse(System.Text.Encoding.UTF8.GetBytes($$$"""{"EdgeVision":{"Mqtt":{{{mqtt}}}}}"""), "test.json", "/", out var error);
        return tree ?? throw new InvalidOperationException(error);
    }

    private static (MqttOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(ConfigurationTree tree) =>
        OptionsReading.Read(tree, static root => root.Section(MqttOptions.Key, MqttOptions.Read));
}
