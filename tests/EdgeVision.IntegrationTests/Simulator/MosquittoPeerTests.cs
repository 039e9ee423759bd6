using System.Diagnostics;
using EdgeVision.IntegrationTests.Mqtt;

namespace EdgeVision.IntegrationTests.Simulator;

/// <summary>A peer that shares no line with us: mosquitto_pub, with a token made by openssl, and certificates judged by OpenSSL.</summary>
public sealed class MosquittoPeerTests
{
    private const string Script = """
        set -e
        sr=$HUB%2Fdevices%2Fdev1%2Fmodules%2Fvision
        se=$(($(date +%s) + 600))
        key=$(printf %s "$KEY" | base64 -d | od -An -vtx1 | tr -d ' \n')
        sig=$(printf '%s\n%s' "$sr" $se | openssl dgst -sha256 -mac HMAC -macopt hexkey:$key -binary | base64 | sed 's/+/%2B/g;s#/#%2F#g;s/=/%3D/g')
        exec mosquitto_pub -h localhost -p $PORT --cafile "$CA" -i dev1/vision -u "$HUB/dev1/vision/?api-version=2021-04-12" \
          -P "SharedAccessSignature sr=$sr&sig=$sig&se=$se" -t 'devices/dev1/modules/vision/messages/events/%24.on=events&site=gate%201' -m hello -q $QUALITY
        """;

    [Fact]
    public async Task Mosquitto_with_a_token_by_openssl_is_let_in_and_another_key_is_not()
    {
        Mosquitto.Require("mosquitto_pub", "mosquitto-clients");
        Mosquitto.Require("openssl", "openssl");
        await using var hub = await Simulated.StartAsync();

        Assert.Equal(0, await RunAsync(hub, await hub.KeyAsync(), 1));
        Assert.Equal(0, await RunAsync(hub, await hub.KeyAsync(), 0));
        Assert.NotEqual(0, await RunAsync(hub, await hub.KeyAsync("other"), 1));

        var messages = await hub.MessagesAsync(2);
        Assert.Equal(2, messages.Count);
        Assert.All(messages, m => Assert.Equal("""{"$.on":"events","site":"gate 1"}""", m!["props"]!.ToJsonString()));
        _ = await RunAsync(hub, await hub.KeyAsync(), 2); // its connection is closed; it exits 0 all the same
        Assert.Equal(2, (await hub.MessagesAsync()).Count);
        Assert.True(hub.HasLogged("QoS 2"));
    }

    private static async Task<int> RunAsync(Simulated hub, string key, int quality)
    {
        var start = new ProcessStartInfo("sh", ["-c", Script]) { RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in new[] { ("HUB", Simulated.Hub), ("KEY", key), ("CA", hub.Simulator.CaPath), ("PORT", $"{hub.Simulator.Port}"), ("QUALITY", $"{quality}") })
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        _ = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Simulated.Patience, TestContext.Current.CancellationToken);
        return process.ExitCode;
    }
}
