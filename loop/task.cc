#include "loop/task.h"

#include <algorithm>

namespace loop {

std::optional<AnyTask> current_task() {
  const Core* const core = Core::running();
  if (core == nullptr || core->current_task == nullptr) {
    return std::nullopt;
  }
  return AnyTask(*core->current_task);
}

std::vector<AnyTask> all_tasks() {
  return all_tasks(require_running_core());
}

std::vector<AnyTask> all_tasks(const Core& core) {
  std::vector<TaskBase*> tasks = core.tasks;
  std::sort(
      tasks.begin(), tasks.end(),
      [](const TaskBase* a, const TaskBase* b) { return a->id() < b->id(); });
  std::vector<AnyTask> handles;
  handles.reserve(tasks.size());
  for (TaskBase* task : tasks) {
    handles.emplace_back(*task);
  }
  return handles;
}

}  // namespace loop
