using EdgeVision.Models;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace EdgeVision.Onnx;

/// <summary>Opens the sessions of a model: on the provider that is asked for, from the optimised copy of earlier starts where there is one.</summary>
internal sealed partial class SessionOpener(ModelPackage package, OnnxOptions options, int threads, string? cacheFolder, ILogger log)
{
    /// <summary>Left to be done, on a thread of its own: the optimised model for the next start. Null when it is there, or not wanted.</summary>
    public Action? Store { get; private set; }

    /// <exception cref="ModelException">ONNX Runtime refuses the model, or the provider is missing and may not be replaced.</exception>
    public SessionPool Open()
    {
        OrtEnvironment.Prepare();
        if (options.Provider == ExecutionProvider.Cpu) return OpenOn(ExecutionProvider.Cpu);
        var word = ExecutionProviders.Word(options.Provider);
        if (TryOpen(options.Provider, out var reason) is { } pool) return pool;
        if (!options.ProviderFallback)
            throw new ModelException($"Provider '{word}' cannot run model '{package.Manifest.Name}': {reason}. Install a native ONNX Runtime with '{word}', or set EdgeVision:Inference:Provider to 'cpu' or ProviderFallback to true.");
        FellBack(log, word, package.Manifest.Name, reason!);
        return OpenOn(ExecutionProvider.Cpu);
    }

    private SessionPool? TryOpen(ExecutionProvider provider, out string? reason)
    {
        reason = ExecutionProviders.WhyMissing(provider);
        if (reason is not null) return null;
        try
        {
            return OpenOn(provider);
        }
        catch (Exception e) when (e is OnnxRuntimeException or ModelException or NotSupportedException or EntryPointNotFoundException or DllNotFoundException)
        {
            reason = OrtMessage.FirstLine(e.Message);
            return null;
        }
    }

    private SessionPool OpenOn(ExecutionProvider provider)
    {
        var sessions = new List<InferenceSession>();
        try
        {
            // What other providers compile cannot be written down.
            var cache = cacheFolder is not null && provider == ExecutionProvider.Cpu && IsSmallEnough()
                ? new OptimisedModelCache(cacheFolder, package.WeightsPath, package.Manifest.Sha256, $"{GraphOptimizationLevel.ORT_ENABLE_ALL} {ExecutionProviders.Word(provider)}", log)
                : null;
            var isStored = cache is not null && cache.Find() && TryAdd(cache, sessions);
            while (sessions.Count < Math.Max(1, options.Sessions)) sessions.Add(isStored ? OpenOptimised(cache!.Path) : OpenWeights(provider));
            if (cache is not null && !isStored) Store = () => cache.Store(SaveOptimised, path => OpenOptimised(path).Dispose());
            return new SessionPool([.. sessions]);
        }
        catch
        {
            sessions.ForEach(static s => s.Dispose());
            throw;
        }
    }

    /// <summary>Weights of 16 bits are stored as 32, so the optimised model may have twice their size.</summary>
    private bool IsSmallEnough() => new FileInfo(package.WeightsPath).Length <= OptimisedModelFile.MaxBytes / 2;

    private bool TryAdd(OptimisedModelCache cache, List<InferenceSession> sessions)
    {
        try
        {
            sessions.Add(OpenOptimised(cache.Path));
            return true;
        }
        catch (OnnxRuntimeException e)
        {
            cache.Discard($"ONNX Runtime refuses it ({OrtMessage.FirstLine(e)})");
            return false;
        }
    }

    private void SaveOptimised(string path)
    {
        using var saving = Options(ExecutionProvider.Cpu);
        saving.OptimizedModelFilePath = path;
        saving.AddSessionConfigEntry("session.save_model_format", "ONNX");
        new InferenceSession(package.WeightsPath, saving).Dispose();
    }

    /// <summary>As it was written: it is optimised, and doing it again only takes time.</summary>
    private InferenceSession OpenOptimised(string path)
    {
        using var session = Options(ExecutionProvider.Cpu, GraphOptimizationLevel.ORT_DISABLE_ALL);
        return new InferenceSession(path, session);
    }

    private InferenceSession OpenWeights(ExecutionProvider provider)
    {
        using var session = Options(provider);
        try
        {
            return new InferenceSession(package.WeightsPath, session);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelException($"Weights '{package.WeightsPath}' are refused by ONNX Runtime ({OrtMessage.FirstLine(e)}); an ONNX model was expected. Export it again.", e);
        }
    }

    private SessionOptions Options(ExecutionProvider provider, GraphOptimizationLevel optimisation = GraphOptimizationLevel.ORT_ENABLE_ALL)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = optimisation,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            // Spinning threads wait by burning: with a busy neighbour it halved the frame rate and tripled p95, quiet it gains at most 12 %.
            session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            ExecutionProviders.Append(session, provider);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    [LoggerMessage(EventIds.ProviderFallback, LogLevel.Warning, "Provider '{Provider}' cannot run model {Model}: {Reason}. The processor does it, more slowly, as ProviderFallback allows.")]
    private static partial void FellBack(ILogger log, string provider, string model, string reason);
}
