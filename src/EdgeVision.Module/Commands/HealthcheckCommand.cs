using System.CommandLine;
using System.Net;
using System.Text;
using EdgeVision.Module.Health;

namespace EdgeVision.Module.Commands;

/// <summary><c>healthcheck</c>: asks the running module on this machine; for containers, which have no curl. Reads no data folder and takes no lock.</summary>
internal static class HealthcheckCommand
{
    /// <summary>What a node says of itself is short; more is somebody else's page.</summary>
    private const int MaxAnswer = 64 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var port = NumberOption.Create("--port", "PORT", 1, 65535, $"Where the module answers: EdgeVision:Http:Port, otherwise EDGEVISION__HTTP__PORT from the environment, otherwise {HttpOptions.DefaultPort}");
        var ready = new Option<bool>("--ready") { Description = "Ask whether all of its work is done (/readyz), not only whether it is alive (/healthz)" };
        var command = new Command("healthcheck", "Asks the module that runs on this machine how it is. Exit code 0 when it is well, 1 with a sentence otherwise; 3 s at most.") { port, ready };
        command.SetAction(async (parsed, stopping) =>
        {
            var (isWell, sentence) = (parsed.GetValue(port) ?? Configured()) is var at and > 0
                ? await AskAsync(at, parsed.GetValue(ready) ? "/readyz" : "/healthz", stopping)
                : (false, "EDGEVISION__HTTP__PORT is 0, so the module answers nobody; give it a port, or take this check away (in createOptions: \"Healthcheck\": {\"Test\": [\"NONE\"]}).");
            await (isWell ? Console.Out : Console.Error).WriteLineAsync(sentence);
            return isWell ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static int Configured() => int.TryParse(Variable("EDGEVISION__HTTP__PORT"), out var port) && port is >= 0 and <= 65535 ? port : HttpOptions.DefaultPort;

    /// <summary>In any case of letters, as the node takes it; of several the one that counts there.</summary>
    private static string? Variable(string name) =>
        Settings.ProcessEnvironment().Where(v => v.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).OrderBy(v => v.Key, StringComparer.Ordinal).Select(v => v.Value).LastOrDefault();

    /// <summary>Loopback, unless the module listens on one address of another kind alone.</summary>
    private static IPAddress Listening() =>
        IPAddress.TryParse(Variable("EDGEVISION__HTTP__ADDRESS"), out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any) ? address : IPAddress.Loopback;

    private static async Task<(bool IsWell, string Sentence)> AskAsync(int port, string page, CancellationToken stopping)
    {
        var address = new UriBuilder(Uri.UriSchemeHttp, Listening().ToString(), port, page).Uri;
        using var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = Patience };
        using var http = new HttpClient(handler) { Timeout = Patience, MaxResponseContentBufferSize = MaxAnswer };
        try
        {
            using var answer = await http.GetAsync(address, stopping);
            var text = OneLine(await answer.Content.ReadAsStringAsync(stopping));
            return answer.StatusCode is HttpStatusCode.OK ? (true, text) : (false, $"{address} answers {(int)answer.StatusCode}: {text} See the module's log.");
        }
        catch (HttpRequestException e)
        {
            return (false, $"Nobody answers at {address} ({OneLine(e.GetBaseException().Message).TrimEnd('.')}); is the module running, and is EdgeVision:Http:Port {port}?");
        }
        catch (TaskCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (false, $"{address} does not answer within {Patience.TotalSeconds:0} s; the module hangs, restart it.");
        }
    }

    /// <summary>What comes from a port may be anything.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, 1000));
        foreach (var c in text.AsSpan().Trim())
        {
            if (line.Length == 1000) break;
            line.Append(char.IsControl(c) ? ' ' : c);
        }

        return line.ToString();
    }
}
