using EdgeVision.Models;
using EdgeVision.Module.Commands;
using EdgeVision.Onnx;
using Microsoft.Extensions.Logging;

namespace EdgeVision.Module.Live;

/// <summary>The model in force, opened as the settings say. Disposed after the cameras.</summary>
internal sealed class LiveModel : IDisposable
{
    private readonly string? _cache;
    private readonly ILogger _log;
    private volatile OnnxModel _current;

    /// <summary>Opens the first. One that the hub asked for and that is not usable any more gives way to the configuration file's.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    /// <exception cref="CommandException">It does not know a class that is asked for.</exception>
    public LiveModel(LiveSettings settings, string? cache, ILogger log)
    {
        (_cache, _log) = (cache, log);
        try
        {
            _current = OpenChecked(settings.Current);
        }
        catch (Exception e) when (settings.Accepted is not null && Explained.Says(e) is { } sentence)
        {
            settings.GiveUpLayer(sentence);
            _current = OpenChecked(settings.Current);
        }
    }

    public OnnxModel Current => _current;

    /// <summary>Another one beside it, the caller's.</summary>
    /// <exception cref="ModelException">It cannot be used.</exception>
    public OnnxModel Open(Settings settings)
    {
        var package = settings.Model.Load();
        ModelAssumptions.Log(_log, package);
        return OnnxModel.Open(package, settings.Options.Inference, _log, _cache);
    }

    /// <summary>From now on <paramref name="next"/>, which is this object's; the old one is the caller's, to be disposed when no camera looks with it.</summary>
    public OnnxModel Exchange(OnnxModel next)
    {
        var old = _current;
        _current = next;
        return old;
    }

    public void Dispose() => _current.Dispose();

    private OnnxModel OpenChecked(Settings settings)
    {
        var model = Open(settings);
        try
        {
            settings.CheckClasses(model.Package.Identity);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
