using CsCheck;
using EdgeVision.Simulator;
using EdgeVision.Simulator.Hub;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>What reads outside bytes: user names, tokens, bags, topics, twin patches, the command line.</summary>
public sealed class HubParserTests
{
    private const int Rounds = 20_000;
    private static readonly string[] Scraps = ["%", "%2", "%24", "%C3", "%ff", "=", "&", "?", "/", "$", "$.on", "sr=", "sig=", "se=", "SharedAccessSignature ", "api-version=1", "devices/", "dev1/", "modules/", "vision/", "messages/events/", "$iothub/", "twin/", "GET/", "methods/res/", "200", "-1", "?$rid=", "\ud83d", "é", " ", "x"];
    private static readonly ModuleIdentity Vision = new("dev1", "vision");

    [Fact]
    public void A_bag_survives_its_way_through_a_topic() =>
        Gen.Dictionary(Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 1, 8], Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 0, 8])[0, 6].Sample(bag =>
            PropertyBag.TryParse(PropertyBag.Encode(bag.Select(p => KeyValuePair.Create(p.Key, (string?)p.Value))), out var read, out _)
            && read.Count == bag.Count && bag.All(p => read[p.Key] == p.Value), iter: 2000, seed: "0000KeIHo9N1");

    [Fact]
    public void Garbage_is_refused_or_read_and_never_throws()
    {
        var random = new Random(20261123);
        var (bags, users, tokens, topics) = (0, 0, 0, 0);
        for (var i = 0; i < Rounds; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Scraps[random.Next(Scraps.Length)]));
            if (PropertyBag.TryParse(text, out _, out var error)) bags++;
            else Assert.NotEmpty(error);
            if (HubUserName.TryParse("hub/dev1/vision/" + text, out var user, out _)) Assert.NotEmpty(user.ApiVersion);
            if (HubUserName.TryParse(text, out _, out _)) users++;
            if (SasToken.TryParse("SharedAccessSignature sr=a&sig=" + text + "&se=" + random.Next(), out _)) tokens++;
            _ = SasToken.TryParse(text, out _);
            if (HubTopic.IsTelemetry(text, Vision, out _) | HubTopic.IsTwinGet(text, out _) | HubTopic.IsTwinReport(text, out _) | HubTopic.IsMethodResult(text, out _, out _)) topics++;
            _ = Subscriptions.IsKnown(text, Vision);
            _ = Route.TryParse(text, out _);
            _ = Call.Split(text);
            _ = Faults.TryParse(text, out _);
        }

        Assert.True(bags > 1000 && tokens > 1000, $"{bags} bags, {users} user names, {tokens} tokens, {topics} topics were read");
    }

    [Fact]
    public void A_damaged_token_is_never_believed()
    {
        var module = new SimulatedModule(Vision, Convert.ToBase64String(new byte[32]), "1");
        var now = DateTimeOffset.UnixEpoch.AddDays(20_000);
        var audience = Uri.EscapeDataString(Vision.Audience("hub"));
        var expiry = now.AddHours(1).ToUnixTimeSeconds();
        var signature = System.Security.Cryptography.HMACSHA256.HashData(new byte[32], System.Text.Encoding.UTF8.GetBytes($"{audience}\n{expiry}"));
        var good = $"SharedAccessSignature sr={audience}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
        Assert.True(SasToken.TryParse(good, out var token) && token.Refusal(module, "hub", now) is null);
        var random = new Random(20261123);
        for (var i = 0; i < Rounds; i++)
        {
            var damaged = good.ToCharArray();
            damaged[random.Next(damaged.Length)] = (char)random.Next(32, 127);
            var text = new string(damaged);
            // The same token in another writing: %2f for %2F, or bits of base64 that say nothing.
            if (!SasToken.TryParse(text, out var read) || read == token || read.EncodedAudience == token.EncodedAudience && read.Expiry == token.Expiry) continue;
            Assert.True(read.Refusal(module, "hub", now) is not null, text);
        }
    }

    [Fact]
    public void A_bag_lists_what_it_says()
    {
        Assert.True(PropertyBag.TryParse("?%24.on=a%20b&null&empty=", out var bag, out _));
        Assert.Equal([new("$.on", "a b"), new("null", null), new("empty", "")], bag);
    }
}
