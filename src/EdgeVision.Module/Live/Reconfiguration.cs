using EdgeVision.Azure.Hub;
using EdgeVision.Configuration;
using EdgeVision.Events;
using EdgeVision.Models;
using EdgeVision.Module.Display;
using EdgeVision.Module.Webhooks;
using EdgeVision.Mqtt;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Live;

/// <summary>
/// Puts a configuration from the hub in force while the node runs: checked as a whole first, then only what differs is touched. The parts are the
/// program's own.
/// </summary>
internal sealed partial class Reconfiguration(
    LiveSettings settings, LiveModel model, Switchboard switchboard, Cameras cameras, SharedParts shared, LocalBroker broker, Sinks sinks, LogLevelSwitch logLevel, NodeIdentity node) : IDisposable
{
    private readonly SemaphoreSlim _one = new(1);
    private readonly ILogger _log = shared.Logs.CreateLogger("configuration");

    /// <summary>Told of another broker or other words for it, once events go there.</summary>
    public Func<MqttOptions, Task>? MqttChanged { get; set; }

    /// <summary>All of it or nothing. A camera or broker that cannot be reached is no mistake: it is tried again like any other.</summary>
    public async Task<ApplyResult> ApplyAsync(DesiredProperties layer, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var (now, (next, mistakes)) = (settings.Current, settings.Try(layer.Properties));
            if (next is null) return ApplyResult.Rejected(mistakes);
            if (!TryOpenModel(now, next, out var opened, out var unusable)) return ApplyResult.Rejected([unusable]);
            if (next.ClassMistakes((opened ?? model.Current).Package.Identity) is { Count: > 0 } wrong)
            {
                opened?.Dispose();
                return ApplyResult.Rejected(wrong);
            }

            var hasChanged = next.Version != now.Version;
            settings.Accept(next, layer);
            node.ConfigVersion = next.Version;
            await PutInForceAsync(now, next, opened);
            return new ApplyResult([], hasChanged);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The configured model from its files again, as they are now. Null when it looks, otherwise why not, and the old one goes on.</summary>
    public async Task<string?> ReloadModelAsync(CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            var opened = model.Open(settings.Current);
            if (settings.Current.ClassMistakes(opened.Package.Identity) is { Count: > 0 } wrong)
            {
                opened.Dispose();
                return string.Join(" ", wrong);
            }

            await PutInForceAsync(settings.Current, settings.Current, opened);
            return null;
        }
        catch (ModelException e)
        {
            return e.Message;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>From the next frame on cameras look with <paramref name="opened"/>. Null when they do; otherwise a sentence, and it stays the caller's.</summary>
    public async Task<string?> ExchangeModelAsync(OnnxModel opened, CancellationToken stopping)
    {
        await _one.WaitAsync(stopping);
        try
        {
            if (settings.Current.ClassMistakes(opened.Package.Identity) is { Count: > 0 } wrong) return string.Join(" ", wrong);
            await PutInForceAsync(settings.Current, settings.Current, opened);
            return null;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    /// <summary>Beside the old one, so that a model that cannot be used costs no frame.</summary>
    private bool TryOpenModel(Settings now, Settings next, out OnnxModel? opened, out ConfigurationMistake mistake)
    {
        (opened, mistake) = (null, default!);
        if (!now.Differs(next, "Model", "ModelManifest", "Inference")) return true;
        try
        {
            opened = model.Open(next);
            return true;
        }
        catch (ModelException e)
        {
            mistake = new ConfigurationMistake($"{ConfigurationTree.RootKey}:Model", e.Message);
            return false;
        }
    }

    private async Task PutInForceAsync(Settings now, Settings next, OnnxModel? opened)
    {
        logLevel.Configure(next.Options.LogLevel);
        var labels = model.Current.Package.Identity.Labels;
        if (opened is not null) Exchange(opened);
        if (NeedsWiring(now, next) || !labels.SequenceEqual(model.Current.Package.Identity.Labels)) switchboard.Rewire(next.Options, model.Current.Package.Identity.Labels);
        await cameras.ApplyAsync(next.Options, shared);
        if (now.Differs(next, "Mqtt", WebhookOptions.Key))
        {
            var mqtt = await broker.PrepareAsync(next.Options.Mqtt);
            await sinks.ApplyAsync(next.Options, mqtt);
            if (MqttChanged is not null && now.Differs(next, "Mqtt")) await MqttChanged(mqtt);
            await broker.RetireAsync();
        }
    }

    private void Exchange(OnnxModel opened)
    {
        model.Exchange(opened);
        ModelExchanged(_log, opened.Package.Identity.Name, opened.Package.Identity.Version);
    }

    /// <summary>Rules and the status light are about cameras by name, gates are a camera's own; an output that none of it concerns shall not blink.</summary>
    private static bool NeedsWiring(Settings now, Settings next) =>
        now.Differs(next, "Outputs", "StatusLight")
        || !now.Options.Cameras.Select(c => (c.Key, c.Value.Gate, Fps: c.Value.MaxFps)).SequenceEqual(next.Options.Cameras.Select(c => (c.Key, c.Value.Gate, Fps: c.Value.MaxFps)));

    [LoggerMessage(EventIds.ModelExchanged, LogLevel.Information, "Cameras look with model {Model} {Version} from now on.")]
    private static partial void ModelExchanged(ILogger log, string model, string version);
}
