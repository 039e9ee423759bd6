using EdgeVision.Models;
using EdgeVision.Rollout;

namespace EdgeVision.Module.Rollout;

/// <summary>Tells the store which models the rollout's state is about, so that nobody removes them to make room, in this process or another.</summary>
internal static class RolloutMarks
{
    /// <summary>Null when the store knows it now, otherwise a sentence.</summary>
    public static string? Set(RolloutState state, Settings settings)
    {
        try
        {
            var store = settings.Model.Store;
            Mark(store, ModelMark.InUse, state.Active?.Reference ?? settings.Options.Model);
            Mark(store, ModelMark.LastGood, state.LastGood?.Reference ?? settings.Options.Model);
            Mark(store, ModelMark.Candidate, state.IsUnderWay ? state.Candidate?.Reference : null);
            return null;
        }
        catch (ModelException e)
        {
            return e.Message;
        }
    }

    /// <summary>A node with bundled models and files alone needs no store.</summary>
    private static void Mark(ModelStore store, ModelMark mark, string? reference)
    {
        var model = reference is null ? null : store.Find(reference);
        if (store.Marked(mark) == model?.ToString()) return;
        if (model is { IsBundled: true } && !Directory.Exists(store.Folder)) return;
        store.Mark(mark, model);
    }
}
