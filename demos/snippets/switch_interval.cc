#include "demos/snippets/print.h"
#include "gil_sim/gil.h"

int main() {
  gil_sim::Gil gil;
  demos::snippets::print(gil.switch_interval());
  gil.set_switch_interval(0.001);
  demos::snippets::print(gil.switch_interval());
}
